import { setTimeout as delay } from 'node:timers/promises';
import { emulatorEndpoint, openStorage } from './client';
import { parseObjectPath } from './object_path';
import { faultOf, inputErrorOf, isTransient } from './storage_fault';

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 250;

/**
 * Writes an object in one request, which is made again where that may help: the same bytes under the same name are the same object, however often.
 *
 * @param path gs://BUCKET/NAME
 * @throws {InputError} where there are no credentials, no permission or no such bucket, or the service does not answer
 */
export async function putObject(path: string, bytes: Uint8Array, contentType: string): Promise<void> {
  const { bucket, name } = parseObjectPath(path);
  const file = (await openStorage()).bucket(bucket).file(name);
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let attempt = 1; ; attempt++) {
    try {
      await file.save(body, { resumable: false, contentType });
      return;
    } catch (error) {
      if (attempt >= ATTEMPTS || !isTransient(faultOf(error)))
        throw inputErrorOf(error, { path, emulator: emulatorEndpoint(), action: 'write' });
      await delay(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}
