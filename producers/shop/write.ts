import { createWriteStream } from 'node:fs';
import { open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { CHUNK_BYTES, type GeneratedShop, generateShop } from './generate';
import type { Incident } from './incidents';
import type { ShopOptions } from './options';

/** How far a file is. */
export interface ShopProgress {
  readonly rows: number;
  readonly events: number;
  /** Bytes of CSV, before compression. */
  readonly bytes: number;
}

export interface WriteShopOptions extends ShopOptions {
  /** File to write; gzipped when it ends in `.gz`. Replaced when it exists. */
  readonly out: string;
  /** Called about every megabyte. */
  readonly onProgress?: (progress: ShopProgress) => void;
  /** Stops the work; what was written is removed. */
  readonly signal?: AbortSignal;
}

export interface WrittenShop {
  readonly out: string;
  readonly rows: number;
  /** Bytes of CSV, before compression. */
  readonly bytes: number;
  readonly incidents: readonly Incident[];
  /** The truth file, when there are incidents. */
  readonly truth?: string;
}

/**
 * Generates a shop into a file, by way of `OUT.part`, so that OUT is whole or not there; the incidents go to `OUT.truth.json`.
 * @throws Error when an option is wrong, OUT is a folder or a device, or a file cannot be written
 */
export async function writeShop(options: WriteShopOptions): Promise<WrittenShop> {
  const shop = generateShop(options);
  await refuseOtherThanFile(options.out);
  const part = `${options.out}.part`;
  const truth = shop.incidents.length > 0 ? `${options.out}.truth.json` : undefined;
  let bytes: number;
  try {
    bytes = options.out.endsWith('.gz')
      ? await writeGzip(shop, part, options)
      : await writePlain(shop, part, options);
    // An earlier shop's truth must not stand beside this one.
    if (truth === undefined) await rm(`${options.out}.truth.json`, { force: true });
    else await writeFile(truth, `${JSON.stringify(shop.incidents, null, 2)}\n`);
    await rename(part, options.out);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    if (options.signal?.aborted) throw error;
    const { message } = error as Error;
    throw new Error(`cannot write ${options.out}: ${message}`, { cause: error });
  }
  return {
    out: options.out,
    rows: shop.rows(),
    bytes,
    incidents: shop.incidents,
    ...(truth !== undefined && { truth }),
  };
}

/** The rename at the end would put a file in the place of a device such as /dev/null, for every program on the machine. */
async function refuseOtherThanFile(out: string): Promise<void> {
  const there = await stat(out).catch(() => undefined);
  if (there === undefined || there.isFile()) return;
  const what = there.isDirectory() ? 'a folder' : 'a device or pipe, not a file';
  throw new Error(`cannot write ${out}: it is ${what}`);
}

async function writePlain(shop: GeneratedShop, path: string, options: WriteShopOptions): Promise<number> {
  const file = await open(path, 'w');
  let bytes = 0;
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (let length = shop.fill(buffer); length > 0; length = shop.fill(buffer)) {
      for (let done = 0; done < length; )
        done += (await file.write(buffer, done, length - done)).bytesWritten;
      bytes += length;
      report(shop, bytes, options);
    }
  } finally {
    await file.close();
  }
  return bytes;
}

async function writeGzip(shop: GeneratedShop, path: string, options: WriteShopOptions): Promise<number> {
  let bytes = 0;
  const counted = function* () {
    for (const chunk of shop.chunks) {
      bytes += chunk.length;
      report(shop, bytes, options);
      yield chunk;
    }
  };
  await pipeline(
    Readable.from(counted(), { objectMode: true, highWaterMark: 2 }),
    createGzip(),
    createWriteStream(path),
  );
  return bytes;
}

function report(shop: GeneratedShop, bytes: number, options: WriteShopOptions): void {
  options.signal?.throwIfAborted();
  options.onProgress?.({ rows: shop.rows(), events: options.events, bytes });
}
