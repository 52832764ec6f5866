/** `--serve`: a running stream answers questions about its own output beside its flushes, tells who watches, and leaves the file to others in between. */

import { describeWithPubsub } from '../../emulators/pubsub';
import { type Started, until } from '../product';
import { Scene } from './scene';
import { servingOf } from './serving_of';
import { event, SENT, times } from './single_events';

interface Shop {
  readonly rows: { readonly key: string; readonly views: number; readonly revenue: string }[];
}

describeWithPubsub('a stream that is served', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterAll(() => scene.close());

  /** Starts a stream and waits until it says where its dashboard is. */
  async function serving(...args: string[]): Promise<{ following: Started; url: string }> {
    const following = scene.follow(
      ...['--early-firing', '200ms', '--commit-every', '100ms', '--when-idle', 'hold', '--serve', '0'],
      ...args,
    );
    return { following, url: await servingOf(following) };
  }

  test('its page shows what has just been published; others can open the file between flushes; draining ends it', async () => {
    const { following, url } = await serving('--workers', '0');
    const shop = async (): Promise<Shop['rows']> => {
      const answer = await fetch(`${url}v1/funnel?by=brand&grain=total&from=2019-10-01&to=2019-10-01`);
      return answer.status === 200 ? ((await answer.json()) as Shop).rows : [];
    };
    // The first look, before anything has come: no rows, and no error.
    const live = await fetch(`${url}v1/live`);
    const reader = live.body!.getReader();
    let heard = '';
    const listening = (async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read())
        heard += Buffer.from(part.value).toString();
    })();
    let published = 0;
    const delays: number[] = [];
    for (let round = 1; round <= 5; round++) {
      const start = Date.now();
      await scene.publish(times(20, () => event('view', 'acme', '10:10:00', SENT)));
      published += 20;
      await scene.publish([event('purchase', 'acme', '10:20:00', SENT, '1.25')]);
      let rows = await shop();
      while (rows[0]?.views !== published || rows[0]?.revenue !== (1.25 * round).toFixed(4))
        rows = await shop();
      delays.push(Date.now() - start);
    }
    process.stdout.write(`Published, then answered, after ${delays.join(', ')} ms\n`);
    await until(() => /event: status\ndata: \{.*"read":105\b/.test(heard), following);
    expect(heard.match(/event: tables/g)!.length).toBeGreaterThan(3);
    // Another process, while questions are asked.
    let isOver = false;
    const asking = (async () => {
      for (; !isOver; )
        expect((await fetch(`${url}v1/brands?from=2019-10-01&to=2019-10-01`)).status).toBe(200);
    })();
    const tables = await scene.see(following, (now) => now.gold_funnel_hourly_brand?.length === 1);
    expect(tables.gold_funnel_hourly_brand[0]).toMatchObject({ brand: 'acme', views: 100, purchases: 5 });
    isOver = true;
    await asking;
    following.process.kill('SIGTERM');
    expect(await following.ended).toMatchObject({ code: 0 });
    await listening;
  });

  test.each([
    ['nowhere', '--serve nowhere: a port like 8380'],
    ['0.0.0.0:0', 'a token is needed'],
  ])('--serve %s is refused', async (address, message) => {
    const refused = await scene.follow('--serve', address).ended;
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});
