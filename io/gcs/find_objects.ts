/** Inputs in Cloud Storage → the objects that they name, each in the version that it has now. */
import type { Bucket, FileMetadata } from '@google-cloud/storage';
import { isEventFile, isGzipName, LOOKED_FOR } from '../files/event_file_names';
import type { StoredFile } from '../files/file_system';
import { InputError } from '../input_error';
import { emulatorEndpoint, openStorage } from './client';
import { type ObjectPath, objectPath, parseObjectPath } from './object_path';
import { faultOf, inputErrorOf } from './storage_fault';
import { isPattern, literalPrefix, patternExpression } from './wildcard';

/** What is asked of each object. */
const FIELDS = ['name', 'size', 'generation', 'contentEncoding'];

/** The objects that `gs://bucket/object`, `gs://bucket/folder/` or a pattern names. @throws InputError where it names none, or the service says no */
export async function findObjects(input: string): Promise<StoredFile[]> {
  const path = parseObjectPath(input);
  const storage = await openStorage();
  const bucket = storage.bucket(path.bucket);
  try {
    return isPattern(path.name) ? await matching(bucket, path, input) : await named(bucket, path, input);
  } catch (error) {
    throw inputErrorOf(error, { path: input, emulator: emulatorEndpoint() });
  }
}

/** One object, or all event files of a folder. The object is asked for by its name, which needs no right to list. */
async function named(bucket: Bucket, path: ObjectPath, input: string): Promise<StoredFile[]> {
  const isFolder = path.name === '' || path.name.endsWith('/');
  if (!isFolder) {
    const object = await metadataOf(bucket, path.name);
    if (object !== null) return [storedFile(path.bucket, object)];
  }
  const folder = isFolder ? path.name : `${path.name}/`;
  const objects = await list(bucket, folder);
  const events = objects.filter((object) => isEventBelow(folder, object));
  if (events.length > 0) return events.map((object) => storedFile(path.bucket, object));
  if (!isFolder && objects.length === 0)
    throw new InputError(`cannot read ${input}: no such object or folder in the bucket`);
  throw new InputError(`no event files in ${input}: ${LOOKED_FOR}`);
}

/** What a pattern matches. Its characters may also stand in names: an object or a folder called just so comes first, as on a disk. */
async function matching(bucket: Bucket, path: ObjectPath, input: string): Promise<StoredFile[]> {
  const objects = await list(bucket, literalPrefix(path.name));
  const folder = path.name.endsWith('/') ? path.name : `${path.name}/`;
  const expression = patternExpression(path.name);
  const ways = [
    (object: FileMetadata) => object.name === path.name && !path.name.endsWith('/'),
    (object: FileMetadata) => isEventBelow(folder, object),
    // What ends in a slash is a folder's mark, and no file.
    (object: FileMetadata) => !object.name!.endsWith('/') && expression.test(object.name!),
  ];
  for (const way of ways) {
    const found = objects.filter(way);
    if (found.length > 0) return found.map((object) => storedFile(path.bucket, object));
  }
  throw new InputError(`cannot read ${input}: no object matches`);
}

/** Whether a folder's object is read: event files, but none that is hidden, or in a folder that is. */
function isEventBelow(folder: string, { name }: FileMetadata): boolean {
  return name!.startsWith(folder) && isEventFile(name!) && !/(^|\/)\./.test(name!.slice(folder.length));
}

/** All objects whose names begin so, page by page. */
async function list(bucket: Bucket, prefix: string): Promise<FileMetadata[]> {
  const [files] = await bucket.getFiles({
    prefix,
    fields: `nextPageToken,items(${FIELDS.join(',')})`,
  });
  // Asked for certain fields, the library hands over what the service sends, and not the files that its type says.
  return files as unknown as FileMetadata[];
}

/** Null where there is no such object. */
async function metadataOf(bucket: Bucket, name: string): Promise<FileMetadata | null> {
  try {
    const [metadata] = await bucket.file(name).getMetadata();
    return metadata;
  } catch (error) {
    if (faultOf(error).code === 404) return null;
    throw error;
  }
}

function storedFile(bucket: string, { name, size, generation, contentEncoding }: FileMetadata): StoredFile {
  const encoded = contentEncoding?.toLowerCase() === 'gzip';
  const bytes = Number(size);
  return {
    path: objectPath({ bucket, name: name! }),
    gzip: encoded || isGzipName(name!),
    size: bytes,
    object: { generation: String(generation), encoded, size: bytes },
  };
}
