/**
 * A stand-in for BigQuery whose tables rows are streamed to: the recording server takes the rows and keeps them by key and sequence number; SQL is answered by local-bigquery, which is given those tables before each
 * query. Neither knows upserts and SQL both.
 *
 * What BigQuery doesn't do to streamed rows, it refuses as well: a statement that changes them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBigquery } from '../../io/bigquery/client';
import { jsonRows } from '../../io/bigquery/json_rows';
import { rowBlocks } from '../../io/staging/block_writer';
import { bigqueryTable } from '../../schema/bigquery';
import type { Table } from '../../schema/table';
import { runs, STREAM_TABLES } from '../../schema/tables';
import { LOCAL_BIGQUERY, LocalBigquery } from './bigquery';
import { describeWithServer } from './describe_with_server';
import { type Call, type Fate, FaultProxy, googleError } from './fault_proxy';
import { RecordedTable } from './recorded_table';
import { RecordingServer } from './recording_server';

interface Streamed {
  readonly table: Table;
  readonly dataset: string;
  readonly recorded: RecordedTable;
  /** Changes that local-bigquery's table has. */
  shown: number;
}

const PROJECT = 'local-test';
const TABLE_CALL = /\/projects\/([^/]+)\/datasets\/([^/]+)\/tables(?:\/([^/?]+))?(?:\?.*)?$/;
const QUERY_CALL = /\/projects\/[^/]+\/(?:queries|jobs)(?:\?.*)?$/;
const CHANGING = /\b(?:DELETE\s+FROM|UPDATE|MERGE(?:\s+INTO)?)\s+`([^`]+)`/gi;

export class StreamedBigquery {
  /** What else becomes of a call of the REST API, asked first. */
  decide: (call: Call) => Fate | Promise<Fate> = () => 'pass';
  private readonly tables = new Map<string, Streamed>();
  private readonly folder = mkdtempSync(join(tmpdir(), 'funnelpulse-streamed-'));
  private showing = Promise.resolve();

  private constructor(
    private readonly local: LocalBigquery,
    private readonly proxy: FaultProxy,
    readonly recorder: RecordingServer,
  ) {
    proxy.decide = (call) => this.fateOf(call);
  }

  static async start(): Promise<StreamedBigquery> {
    const local = await LocalBigquery.start();
    return new StreamedBigquery(
      local,
      await FaultProxy.before(local.url),
      await new RecordingServer().start(),
    );
  }

  /** For BIGQUERY_EMULATOR_HOST. */
  get url(): string {
    return this.proxy.url;
  }

  /** For BIGQUERY_STORAGE_EMULATOR_HOST. */
  get storageHost(): string {
    const { host, port } = this.recorder.endpoint;
    return `${host}:${port}`;
  }

  /** The rows of a table as code holds them. */
  rowsOf(dataset: string, table: Table): Record<string, unknown>[] {
    return this.tables.get(streamOf(dataset, table.name))?.recorded.rows ?? [];
  }

  async stop(): Promise<void> {
    await this.recorder.stop();
    await this.proxy.stop();
    await this.local.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async fateOf(call: Call): Promise<Fate> {
    const fate = await this.decide(call);
    if (fate !== 'pass') return fate;
    const { method, path, body } = call;
    const [, , dataset, name] = TABLE_CALL.exec(path) ?? [];
    if (method === 'POST' && dataset !== undefined) this.made(dataset, body);
    if (method === 'DELETE' && name !== undefined) this.forget(streamOf(dataset, name));
    if (method !== 'POST' || !QUERY_CALL.test(path)) return 'pass';
    for (const [, changed] of body.matchAll(CHANGING)) {
      const [, set, table] = changed.split('.');
      if ((this.tables.get(streamOf(set, table))?.recorded.changes ?? 0) > 0)
        return googleError(
          400,
          'invalidQuery',
          `UPDATE or DELETE statement over table ${changed} would affect rows in the streaming buffer, which is not supported`,
        );
    }
    this.showing = this.showing.then(() => this.show());
    await this.showing;
    return 'pass';
  }

  private made(dataset: string, body: string): void {
    const { tableReference } = JSON.parse(body) as { tableReference: { tableId: string } };
    const table = [...STREAM_TABLES, runs].find(({ name }) => name === tableReference.tableId);
    const stream = streamOf(dataset, tableReference.tableId);
    if (table === undefined || this.tables.has(stream)) return;
    const recorded = new RecordedTable(table);
    this.tables.set(stream, { table, dataset, recorded, shown: 0 });
    this.recorder.tables.set(stream, recorded);
  }

  private forget(stream: string): void {
    this.tables.delete(stream);
    this.recorder.tables.delete(stream);
  }

  /** Gives local-bigquery the tables that have changed. */
  private async show(): Promise<void> {
    const client = openBigquery(PROJECT, this.local.url);
    for (const streamed of this.tables.values()) {
      const { table, dataset, recorded } = streamed;
      const { changes, rows } = recorded;
      if (changes === streamed.shown) continue;
      const file = join(this.folder, `${table.name}.json`);
      const lines = [...rowBlocks(table, rows)].flatMap((blocks) => [...jsonRows(table, blocks)]);
      writeFileSync(file, Buffer.concat(lines));
      const target = client.dataset(dataset).table(table.name);
      await client.query(`DELETE FROM \`${PROJECT}.${dataset}.${table.name}\` WHERE TRUE`);
      if (rows.length > 0)
        await target.load(file, {
          schema: bigqueryTable(table).schema,
          sourceFormat: 'NEWLINE_DELIMITED_JSON',
          writeDisposition: 'WRITE_APPEND',
        });
      streamed.shown = changes;
    }
  }
}

function streamOf(dataset: string, table: string): string {
  return `projects/${PROJECT}/datasets/${dataset}/tables/${table}/streams/_default`;
}

/** See describeWithBigquery. The product finds both APIs by their variables. */
export function describeWithStreamedBigquery(
  name: string,
  body: (server: () => StreamedBigquery) => void,
): void {
  const standIn = {
    ...LOCAL_BIGQUERY,
    start: () => StreamedBigquery.start(),
    environment: (server: StreamedBigquery) => ({
      BIGQUERY_EMULATOR_HOST: server.url,
      BIGQUERY_STORAGE_EMULATOR_HOST: server.storageHost,
    }),
  };
  describeWithServer(name, standIn, body);
}
