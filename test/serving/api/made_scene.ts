/** The scene and its API, made before the tests of a file that imports this, and gone after them. */
import type { Api } from '../../../serving/api/api';
import { apiOf, makeScene, type Scene } from './scene';

export let scene: Scene;
export let api: Api;
beforeAll(async () => {
  scene = await makeScene();
  api = apiOf(scene.served);
});
afterAll(() => scene.close());
