import { InputError } from '../input_error';

/** `gs://bucket/name`: the name is text of any characters; slashes are usual, not special. */
export interface ObjectPath {
  readonly bucket: string;
  /** Empty: the bucket as a whole. */
  readonly name: string;
}

/** Whether an input is in Cloud Storage, as far as its form goes. */
export function isObjectPath(input: string): boolean {
  return input.startsWith('gs:');
}

/** @throws InputError for what names no bucket */
export function parseObjectPath(input: string): ObjectPath {
  const [, bucket, name] = /^gs:\/\/([^/]+)(?:\/([\s\S]*))?$/.exec(input) ?? [];
  if (bucket === undefined)
    throw new InputError(
      `cannot read ${input}: a bucket and what to read in it were expected, like gs://BUCKET/OBJECT, gs://BUCKET/FOLDER/ or gs://BUCKET/FOLDER/*.csv`,
    );
  if (/[*?[{]/.test(bucket))
    throw new InputError(
      `cannot read ${input}: a bucket has to be named in full. Name each one as an input of its own`,
    );
  return { bucket, name: name ?? '' };
}

export function objectPath({ bucket, name }: ObjectPath): string {
  return `gs://${bucket}/${name}`;
}
