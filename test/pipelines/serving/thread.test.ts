/** The line between a stream and the thread that serves it: whatever flushes do, the thread answers as the file does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { withDuckdb } from '../../../io/duckdb/open';
import { InputError } from '../../../io/input_error';
import { duckdbStreamOutput } from '../../../pipelines/outputs/duckdb_stream_output';
import type { StreamOutput } from '../../../pipelines/outputs/stream_output';
import { StreamEnd } from '../../../pipelines/serving/thread/stream_end';
import { ThreadServed } from '../../../pipelines/serving/thread/thread_served';
import type { Table } from '../../../schema/table';
import { ASKED_TABLES } from '../../../serving/columns/asked_tables';
import { columnsOf, type Order } from '../../../serving/questions/selection';
import type { Store } from '../../../serving/questions/store';
import { BusyError, type PipelineStatus } from '../../../serving/served';
import { type Flush, history, runsOf } from '../../io/upsert_flushes';
import { log, run, START } from '../../io/upsert_rows';

const STATUS = { read: 7, rate: 1 } as PipelineStatus;

let folder: string;
const lines: Line[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-thread-'));
});
afterEach(async () => {
  for (const { close } of lines.splice(0)) await close();
  rmSync(folder, { recursive: true });
});

interface Line {
  readonly file: string;
  readonly output: StreamOutput;
  readonly end: StreamEnd;
  readonly served: ThreadServed;
  readonly close: () => Promise<void>;
}

/** A stream's output, and who serves it at the other end of a line. @param most rows that are held */
async function line(name: string, most = { stream: 1_000_000, thread: 1_000_000 }): Promise<Line> {
  const file = join(folder, `${name}.duckdb`);
  const output = duckdbStreamOutput(file);
  await output.prepare({ run: run(-Infinity), commits: 0, replace: false });
  const { port1, port2 } = new MessageChannel();
  const end = new StreamEnd(port1, output, () => STATUS, most.stream);
  const ended = new Promise<void>((resolve) => {
    lines.push({
      ...{ file, output, end },
      served: new ThreadServed(`duckdb:${file}`, port2, resolve, most.thread),
      close: async () => {
        end.close();
        await ended;
        await output.close();
        port1.close();
      },
    });
  });
  return lines[lines.length - 1];
}

async function flush({ output, end, served }: Line, rows: Flush, commit: number): Promise<void> {
  const identity = run(START + commit);
  const staging = output.staging(identity.run_id);
  const logged = [...rows].flatMap(([table, some]) => (some.length > 0 ? log(table, staging, some) : []));
  await output.flush(logged, { run: identity, now: START + commit, commit, isLast: false, audit: () => {} });
  const heard = new Promise<void>((resolve) => {
    const stop = served.onChange(() => {
      stop();
      resolve();
    });
  });
  end.written();
  await heard;
}

/** All that questions can be about, in an order. */
async function everything({ select }: Store): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const { table, columns, key } of ASKED_TABLES) {
    const names = key === 'kept' ? table.key : ['event_time', 'reason'];
    answers.push(
      await select({ table, where: [], fields: columnsOf(table, columns), order: names.map(orderOf(table)) }),
    );
  }
  return answers;
}

function orderOf({ columns }: Table): (field: string) => Order {
  return (field) => ({ field, type: columns[field].type as Order['type'] });
}

/** The thread's answer, and what the file has. */
async function both({ served, output }: Line): Promise<void> {
  expect(await served.read(everything)).toEqual(await output.read(everything));
}

test('after each of random flushes, asked first before any or later', async () => {
  let number = 0;
  const law = fc.asyncProperty(history, fc.nat(3), async ([flushes], asked) => {
    const stream = await line(`shop${number++}`);
    for (const [at, rows] of flushes.entries()) {
      if (at >= asked) await both(stream);
      await flush(stream, rows, at + 1);
    }
    await both(stream);
    await lines.pop()!.close();
  });
  await fc.assert(law, runsOf(15));
}, 120_000);

test('who reads has one moment, whatever is written meanwhile', async () => {
  const [rows] = fc.sample(history, { numRuns: 20, seed: 7 }).map(([flushes]) => flushes);
  const stream = await line('shop');
  await flush(stream, rows[0], 1);
  const moments: (object | undefined)[] = [];
  const [before, after] = await stream.served.read(async (store) => {
    moments.push(store.moment);
    const first = await everything(store);
    const writing = flush(stream, rows[0], 2);
    await delay(300);
    const again = await everything(store);
    void writing;
    return [first, again];
  });
  expect(after).toEqual(before);
  await delay(100);
  await stream.served.read(async (store) => moments.push(store.moment));
  expect(moments[1]).not.toBe(moments[0]);
  await both(stream);
});

test.each([
  ['too many to be sent', { stream: 2, thread: 1_000_000 }],
  ['too many after a while', { stream: 1_000_000, thread: 3 }],
])('rows that are %s: the file is asked', async (_, most) => {
  const stream = await line('shop', most);
  const all = fc.sample(history, { numRuns: 5, seed: 11 }).flatMap(([flushes]) => flushes);
  await both(stream);
  for (const [at, rows] of all.entries()) {
    await flush(stream, rows, at + 1);
    await both(stream);
  }
  const moments: (object | undefined)[] = [];
  for (let times = 0; times < 2; times++)
    await stream.served.read(async (store) => {
      await everything(store);
      moments.push(store.moment);
    });
  expect(moments[1]).toBe(moments[0]);
  expect(moments[0]).toBeInstanceOf(Object);
});

test('what another program has changed is seen, and who listens is told', async () => {
  const stream = await line('shop');
  const [rows] = fc.sample(history, { numRuns: 3, seed: 5 }).map(([flushes]) => flushes);
  await flush(stream, rows[0], 1);
  await both(stream);
  let told = 0;
  stream.served.onChange(() => told++);
  await delay(200);
  await withDuckdb(stream.file, 'READ_WRITE', (connection) =>
    connection.run('UPDATE runs SET input = $1', ['another']),
  );
  for (let waited = 0; told === 0 && waited < 100; waited++) await delay(50);
  expect(told).toBeGreaterThan(0);
  const inputs = await stream.served.read(async (store) => (await everything(store)).at(-1));
  expect(inputs).toMatchObject([{ input: 'another' }]);
  await flush(stream, rows[0], 2);
  await both(stream);
});

test('what can’t be read is said as the stream says it', async () => {
  const stream = await line('shop');
  await stream.output.close();
  const refusal = await stream.served.read(everything).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(InputError);
  expect(refusal).toMatchObject({ message: expect.stringMatching(/can't be read now: the run has ended/) });
});

test('too much, and defects, are told apart', async () => {
  const { port1, port2 } = new MessageChannel();
  const errors: Error[] = [new BusyError('too much'), new TypeError('no such thing')];
  const read = (): Promise<never> => Promise.reject(errors.shift()!);
  const end = new StreamEnd(port1, { read }, () => STATUS);
  const served = new ThreadServed('x', port2, () => port2.close());
  await expect(served.read(everything)).rejects.toThrow(BusyError);
  const defect = await served.read(everything).catch((error: Error) => error);
  expect(defect).toMatchObject({ message: 'no such thing', stack: expect.stringMatching('thread.test') });
  for (let waited = 0; served.status() === null && waited < 100; waited++) await delay(10);
  expect(served.status()).toEqual(STATUS);
  end.close();
});
