/**
 * The ends of a batch run: files in, one DuckDB file out, by way of a staging directory beside it.
 */

import { step } from '../beam/step';
import { PublishTables } from '../io/duckdb/publish_tables';
import type { SwitchOptions } from '../io/duckdb/switch_tables';
import { readEvents } from '../io/files/read_events';
import { KeepManifest } from '../io/staging/keep_manifest';
import type { Staged } from '../io/staging/stage_rows';
import { publishStaged, stageTable } from '../io/staging/stage_table';
import type { BaselineEnd } from '../transforms/baselines';
import { CheckLedger } from '../transforms/ledger/check_ledger';
import type { FunnelEnds } from './funnel';

export interface BatchEndsOptions {
  readonly inputs: readonly string[];
  readonly splitBytes: number;
  /** Where rows are staged: a directory that exists and is this run's own. */
  readonly staging: string;
  readonly output: SwitchOptions;
  readonly baseline: BaselineEnd;
  /** Path of a manifest to write instead of publishing: for runners without promises, whose launcher publishes afterwards. */
  readonly manifest: string | null;
}

export function batchEnds(options: BatchEndsOptions): FunnelEnds<Staged> {
  return {
    source: readEvents({
      inputs: options.inputs,
      splitBytes: options.splitBytes,
      synchronous: options.manifest !== null,
    }),
    baseline: options.baseline,
    late: null,
    audit: step('Check the ledger', new CheckLedger(options.inputs.join(', '))),
    sink: (table) => stageTable(table, options.staging),
    publish: publishStaged(
      options.manifest === null ? new PublishTables(options.output) : new KeepManifest(options.manifest),
    ),
  };
}
