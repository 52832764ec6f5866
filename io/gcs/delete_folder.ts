import { emulatorEndpoint, openStorage } from './client';
import { parseObjectPath } from './object_path';
import { inputErrorOf } from './storage_fault';

/**
 * Deletes all objects of a folder, and returns how many there were.
 *
 * @param folder gs://BUCKET/FOLDER: a bucket as a whole is refused, since that is never meant
 * @throws {InputError} where it can't
 */
export async function deleteFolder(folder: string): Promise<number> {
  const { bucket, name } = parseObjectPath(folder);
  const prefix = `${name.replace(/\/+$/, '')}/`;
  if (prefix === '/') throw new Error(`${folder} is a whole bucket`);
  const storage = await openStorage();
  try {
    const [files] = await storage.bucket(bucket).getFiles({ prefix });
    for (let at = 0; at < files.length; at += AT_ONCE)
      await Promise.all(files.slice(at, at + AT_ONCE).map((file) => file.delete({ ignoreNotFound: true })));
    return files.length;
  } catch (error) {
    throw inputErrorOf(error, { path: folder, emulator: emulatorEndpoint(), action: 'delete' });
  }
}

const AT_ONCE = 32;
