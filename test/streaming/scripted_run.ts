/** Streaming runs into a DuckDB file whose source is a list of what each pull gives; a commit follows every pull. For the TypeScript sources, in the test's own thread. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { type PCollection, type Root, withName } from '../../beam/sdk';
import { step } from '../../beam/step';
import { executeStream, type StreamRun } from '../../pipelines/execute_stream';
import type { FunnelOptions } from '../../pipelines/funnel';
import { duckdbStreamOutput } from '../../pipelines/outputs/duckdb_stream_output';
import { startWorkers, type UnboundedSource } from '../../runners/local';
import type { RangeChunk } from '../../schema/chunk';
import { COLUMNS, OPTIONS } from './stream_funnel';

const ENDS = require.resolve('./ends');
const { LinesToChunks } = require('./ends') as { LinesToChunks: new (columns: readonly string[]) => never };

const URN = 'funnelpulse:test:script:v1';
/** Beam's last instant, as near as a double comes. */
const END = Number('9223372036854775');

export interface Pull {
  readonly lines?: readonly string[];
  /** Where the watermark is then; left out: where it was. */
  readonly watermark?: number;
}

/** A line of CSV, by what differs from a view of a product of its own. */
export function line(
  at: number,
  { type = 'view', product = `p${number++}`, brand = 'runail', price = '5.00' } = {},
): string {
  const time = `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return [time, type, product, '', brand, price, 'u1', 's1'].join(',');
}
let number = 0;

/** Gives out a script, each pull when what came of the one before is committed; marks count its pulls. */
class Script implements UnboundedSource {
  private done = 0;
  private finalised = -1;
  private watermark = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly pulls: readonly Pull[],
    private readonly before: (pull: number) => Promise<void>,
  ) {}

  async open(mark: Uint8Array | null): Promise<void> {
    if (mark !== null) this.done = Number(Buffer.from(mark).toString());
  }

  async pull(most: number) {
    if (most === 0) return { elements: [], watermark: this.watermark, isOver: false };
    for (let waits = 0; this.finalised < this.done; waits++) {
      // A commit that fails is the runner's to find.
      if (waits === 20) return { elements: [], watermark: this.watermark, isOver: false };
      await delay(1);
    }
    await this.before(this.done);
    const { lines = [], watermark = this.watermark } = this.pulls[this.done] ?? { watermark: END };
    const elements = lines.map((text, at) => ({
      value: `${this.done * 1000 + at}\t${text}`,
      timestamp: Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`) || 0,
    }));
    this.watermark = watermark;
    return { elements, watermark, isOver: this.done++ >= this.pulls.length };
  }

  mark(): Uint8Array {
    return Buffer.from(String(this.done));
  }

  async finalise(mark: Uint8Array): Promise<void> {
    this.finalised = Number(Buffer.from(mark).toString());
  }

  async close(): Promise<void> {}
}

function source(root: Root): PCollection<RangeChunk> {
  const read = withName('Script', (_root: Root, pipeline: never, transform: runnerApi.PTransform) => {
    transform.spec = { urn: URN, payload: new Uint8Array() };
    return (
      pipeline as {
        createPCollectionInternal(...args: unknown[]): PCollection<string>;
      }
    ).createPCollectionInternal(new StrUtf8Coder(), undefined, runnerApi.IsBounded_Enum.UNBOUNDED);
  });
  return (root.apply(read as never) as PCollection<string>).apply(
    step('Chunks', new LinesToChunks(COLUMNS)) as never,
  );
}

export interface ScriptedRun
  extends Partial<
    Pick<StreamRun, 'drain' | 'mostStateBytes' | 'onRest' | 'reached' | 'baseline' | 'replace'>
  > {
  readonly funnel?: Partial<FunnelOptions>;
  /** Called before a pull is given out, counted from 0: when all before it are committed. */
  readonly before?: (pull: number) => Promise<void>;
  /** The file in the folder; funnel.duckdb if left out. */
  readonly output?: string;
}

/** Runs a script to its end, and once more to the end of time. State is in FOLDER/state. */
export function runScript(folder: string, pulls: readonly Pull[], run: ScriptedRun = {}): Promise<string> {
  const { funnel, before = async () => undefined, output = 'funnel.duckdb', ...rest } = run;
  return executeStream({
    source,
    sources: { [URN]: () => new Script(pulls, before) },
    input: 'script',
    // No early panes: processing time is not the test's to move.
    funnel: { ...OPTIONS, windowing: { ...OPTIONS.windowing, earlyFiringMs: 3_600_000 }, ...funnel },
    baseline: { name: 'file', hours: [] },
    output: duckdbStreamOutput(join(folder, output)),
    replace: false,
    state: join(folder, 'state'),
    commitEveryMs: 0,
    workers: startWorkers(0, []),
    registration: [ENDS],
    ...rest,
  });
}
