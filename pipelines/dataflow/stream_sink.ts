/** The ends of a stream on Dataflow: the service's own read of a subscription in, rows that each bundle writes to BigQuery out. */
import { counter, impulse, type PCollection, type Root, withName } from '../../beam/sdk';
import { named, step } from '../../beam/step';
import { type EnteredRun, EnterRun } from '../../io/bigquery/write/enter_run';
import type { WrittenDataset } from '../../io/bigquery/write/shared_writer';
import { WriteRows } from '../../io/bigquery/write/write_rows';
import { PublishRejects } from '../../io/pubsub/publish_rejects';
import { readMessages } from '../../io/pubsub/read_messages';
import type { RangeChunk } from '../../schema/chunk';
import { deadLetters, goldAnomaliesHourlyBrand, goldFunnelHourlyBrand } from '../../schema/tables';
import type { BaselineEnd } from '../../transforms/baselines';
import type { FunnelEnds } from '../funnel';

export interface StreamSinkOptions {
  /** `projects/P/subscriptions/S`. */
  readonly subscription: string;
  readonly timestampAttribute: string;
  /** Attribute by which the service knows messages that come again; null: it lets all through. */
  readonly idAttribute: string | null;
  readonly baseline: BaselineEnd;
  readonly written: WrittenDataset;
  readonly run: EnteredRun;
  /** Topic that dead letters are published to, too: `projects/P/topics/T`. */
  readonly deadLetterTopic: string | null;
}

export function streamSinkEnds(options: StreamSinkOptions): FunnelEnds<never> {
  const { subscription, timestampAttribute, idAttribute, baseline, written, run, deadLetterTopic } = options;
  return {
    source: (root) => {
      enterRun(root, run, written);
      const read = { subscription, timestampAttribute, ...(idAttribute !== null && { idAttribute }) };
      return readMessages(read)(root) as PCollection<RangeChunk>;
    },
    baseline,
    // The service drops late batches by itself, and tells nobody which.
    late: null,
    // Nobody sees the graph at rest: what is not accounted for shows in the ledger's rows.
    audit: (rows) => rows,
    sink: (table) => {
      const write = step(`Write ${table.name}`, new WriteRows(table.name, written) as never, {
        rows: counter(`rows_${table.name}`),
        refused: counter('rows_refused'),
        ...(table.name === goldAnomaliesHourlyBrand.name && { open: counter('anomalies_open') }),
      }) as never;
      if (table.name === deadLetters.name)
        return named('Send dead letters', (rows) => rows.apply(publishRejects(deadLetterTopic)).apply(write));
      if (table.name !== goldFunnelHourlyBrand.name) return write;
      return named('Send hours of brands', (rows) => {
        rows.apply(step('Enter the watermark', new EnterRun(run, written) as never) as never);
        return rows.apply(write);
      });
    },
    // A bundle's rows are there when it has ended.
    publish: () => {},
  };
}

function enterRun(root: Root, run: EnteredRun, written: WrittenDataset): void {
  const enter = withName('Enter the run', (start: Root) =>
    (start.apply(withName('Start', impulse())) as PCollection<Uint8Array>).apply(
      step('Enter', new EnterRun(run, written) as never),
    ),
  );
  root.apply(enter as never);
}

function publishRejects(topic: string | null): never {
  return step('Publish rejects', new PublishRejects(topic)) as never;
}
