/** The ends of a streaming run onto a DuckDB file: rows are staged, bundle by bundle, and flushed before each commit. */
import { droppedElements } from '../beam/dropped_elements';
import { flatten, P, type PCollection, type Root, withName } from '../beam/sdk';
import { step } from '../beam/step';
import { AnnounceParts } from '../io/staging/announce_parts';
import type { Staged } from '../io/staging/stage_rows';
import { stageTable } from '../io/staging/stage_table';
import type { RangeChunk } from '../schema/chunk';
import type { BaselineEnd } from '../transforms/baselines';
import { EventBatchCoder } from '../transforms/clean/event_batch_coder';
import type { FunnelEnds } from './funnel';

export interface StreamEndsOptions {
  readonly source: (root: Root) => PCollection<RangeChunk>;
  readonly baseline: BaselineEnd;
  /** Where rows are staged: a directory that exists and is this run's own. */
  readonly staging: string;
}

export function streamEnds({ source, baseline, staging }: StreamEndsOptions): FunnelEnds<Staged> {
  return {
    source,
    baseline,
    late: droppedElements('Late batches', 'Count records', new EventBatchCoder()),
    // What is not accounted for is found by the flush before each commit, which finds the graph at rest.
    audit: (rows) => rows,
    // Void rows say that a stored row has to go.
    sink: (table) => stageTable(table, staging, false),
    publish: (parts) => {
      const all: PCollection<Staged> = P(parts).apply(withName('All parts', flatten()) as never);
      all.apply(step('Announce', new AnnounceParts(staging)) as never);
    },
  };
}
