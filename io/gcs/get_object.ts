import { emulatorEndpoint, openStorage } from './client';
import { parseObjectPath } from './object_path';
import { inputErrorOf } from './storage_fault';

/** All bytes of an object that is small enough to be held: `gs://BUCKET/NAME`. @throws {InputError} where it can't be read */
export async function getObject(path: string): Promise<Uint8Array> {
  const { bucket, name } = parseObjectPath(path);
  const file = (await openStorage()).bucket(bucket).file(name);
  try {
    const [bytes] = await file.download();
    return bytes;
  } catch (error) {
    throw inputErrorOf(error, { path, emulator: emulatorEndpoint() });
  }
}
