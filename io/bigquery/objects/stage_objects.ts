import '../../../beam/node24';
import { randomUUID } from 'node:crypto';
import type { WindowedValue } from 'apache-beam/values';
import { atBundleEnd } from '../../../beam/at_bundle_end';
import type { Table } from '../../../schema/table';
import { isVoid, tableNamed } from '../../../schema/tables';
import { putObject } from '../../gcs/put_object';
import { BlockWriter } from '../../staging/block_writer';
import type { Staged } from '../../staging/stage_rows';
import type { StagingPlace } from '../../staging/staging_place';
import { jsonRows } from '../json_rows';

/** Bytes of an object: few requests, and not so large that one that is repeated costs much, or that several at a time fill a worker's memory. */
const OBJECT_BYTES = 32 << 20;

type Rows = Record<string, unknown>[];

/**
 * Rows of one table → objects in Cloud Storage, as lines of JSON, which BigQuery loads by itself: for a run whose workers are many machines. A bundle writes objects of its own, and gives out their manifest at its
 * end. Objects that no manifest names, left by a bundle that failed, are never loaded; the bucket's lifecycle removes them.
 */
export class StageObjects {
  private block: BlockWriter | undefined;
  private lines: Buffer[] = [];
  private bytes = 0;
  private rows = 0;
  private first: string | number = 0;
  private staged: Staged[] = [];

  /** @param folder gs://BUCKET/FOLDER of this run's own */
  constructor(
    readonly table: string,
    readonly folder: string,
  ) {}

  startBundle(): void {
    this.lines = [];
    this.bytes = 0;
    this.rows = 0;
    this.staged = [];
    this.block = undefined;
  }

  /** Gives out nothing: the manifest leaves with the bundle's end. */
  process(rows: Rows): undefined | Promise<undefined> {
    const kept = rows.some(isVoid) ? rows.filter((row) => !isVoid(row)) : rows;
    if (kept.length === 0) return undefined;
    const table = tableNamed(this.table);
    this.block ??= new BlockWriter(table);
    if (this.rows === 0) this.first = kept[0][table.key[0]] as string | number;
    this.rows += kept.length;
    for (let next = 0; ; this.takeBlock(table)) {
      next = this.block.append(kept, next);
      if (next === kept.length) break;
    }
    return this.bytes < OBJECT_BYTES ? undefined : this.put(table);
  }

  async *finishBundle(): AsyncGenerator<WindowedValue<Staged>> {
    if (this.rows > 0) await this.put(tableNamed(this.table));
    yield* this.staged.map((part) => atBundleEnd(part));
  }

  private takeBlock(table: Table): void {
    if (this.block === undefined || this.block.rows === 0) return;
    for (const lines of jsonRows(table, this.block.take())) {
      this.lines.push(lines);
      this.bytes += lines.length;
    }
  }

  private async put(table: Table): Promise<undefined> {
    this.takeBlock(table);
    const { rows, first, lines } = this;
    const file = `${this.folder}/${this.table}-${randomUUID()}.json`;
    this.lines = [];
    this.bytes = 0;
    this.rows = 0;
    await putObject(file, Buffer.concat(lines), 'application/x-ndjson');
    this.staged.push({ table: this.table, file, rows, first });
  }
}

/** A folder in Cloud Storage, `gs://BUCKET/FOLDER`, for a run onto BigQuery. */
export function inObjects(folder: string): StagingPlace {
  return (table) => new StageObjects(table.name, folder) as never;
}
