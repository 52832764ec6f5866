/** The ends of a streaming run onto a DuckDB file: rows are logged, bundle by bundle, and flushed before each commit. */
import { droppedElements } from '../beam/dropped_elements';
import type { PCollection, Root } from '../beam/sdk';
import { named, step } from '../beam/step';
import { PublishRejects } from '../io/pubsub/publish_rejects';
import { LogRows } from '../io/staging/log_rows';
import type { RangeChunk } from '../schema/chunk';
import { deadLetters } from '../schema/tables';
import type { BaselineEnd } from '../transforms/baselines';
import { EventBatchCoder } from '../transforms/clean/event_batch_coder';
import type { FunnelEnds } from './funnel';

export interface StreamEndsOptions {
  readonly source: (root: Root) => PCollection<RangeChunk>;
  readonly baseline: BaselineEnd;
  /** Where rows are logged: a directory that exists and is this run's own. */
  readonly staging: string;
  /** Topic that dead letters are published to, too: `projects/P/topics/T`. */
  readonly deadLetterTopic: string | null;
}

export function streamEnds(options: StreamEndsOptions): FunnelEnds<never> {
  const { source, baseline, staging, deadLetterTopic } = options;
  return {
    source,
    baseline,
    late: droppedElements('Late batches', 'Count records', new EventBatchCoder()),
    // What is not accounted for is found by the flush before each commit, which finds the graph at rest.
    audit: (rows) => rows,
    sink: (table) => {
      const log = step(`Log ${table.name}`, new LogRows(table.name, staging)) as never;
      return table.name === deadLetters.name
        ? named('Send dead letters', (rows) => rows.apply(publishRejects(deadLetterTopic)).apply(log))
        : log;
    },
    // What is logged is published by the flush before each commit.
    publish: () => {},
  };
}

function publishRejects(topic: string | null): never {
  return step('Publish rejects', new PublishRejects(topic)) as never;
}
