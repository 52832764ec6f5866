/** The ends of a streaming run onto a DuckDB file: rows are staged, bundle by bundle, and flushed before each commit. */
import { droppedElements } from '../beam/dropped_elements';
import { flatten, P, type PCollection, type Root, withName } from '../beam/sdk';
import { named, step } from '../beam/step';
import { PublishRejects } from '../io/pubsub/publish_rejects';
import { AnnounceParts } from '../io/staging/announce_parts';
import type { Staged } from '../io/staging/stage_rows';
import { stageTable } from '../io/staging/stage_table';
import type { RangeChunk } from '../schema/chunk';
import { deadLetters } from '../schema/tables';
import type { BaselineEnd } from '../transforms/baselines';
import { EventBatchCoder } from '../transforms/clean/event_batch_coder';
import type { FunnelEnds } from './funnel';

export interface StreamEndsOptions {
  readonly source: (root: Root) => PCollection<RangeChunk>;
  readonly baseline: BaselineEnd;
  /** Where rows are staged: a directory that exists and is this run's own. */
  readonly staging: string;
  /** Topic that dead letters are published to, too: `projects/P/topics/T`. */
  readonly deadLetterTopic: string | null;
}

export function streamEnds(options: StreamEndsOptions): FunnelEnds<Staged> {
  const { source, baseline, staging, deadLetterTopic } = options;
  return {
    source,
    baseline,
    late: droppedElements('Late batches', 'Count records', new EventBatchCoder()),
    // What is not accounted for is found by the flush before each commit, which finds the graph at rest.
    audit: (rows) => rows,
    // Void rows say that a stored row has to go.
    sink: (table) =>
      table.name === deadLetters.name
        ? named('Send dead letters', (rows) =>
            rows.apply(publishRejects(deadLetterTopic)).apply(stageTable(table, staging, false) as never),
          )
        : stageTable(table, staging, false),
    publish: (parts) => {
      const all: PCollection<Staged> = P(parts).apply(withName('All parts', flatten()) as never);
      all.apply(step('Announce', new AnnounceParts(staging)) as never);
    },
  };
}

function publishRejects(topic: string | null): never {
  return step('Publish rejects', new PublishRejects(topic)) as never;
}
