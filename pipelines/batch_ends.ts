/**
 * The ends of a batch run: files in, tables out, by way of staged rows.
 */

import { step } from '../beam/step';
import { PublishToBigquery } from '../io/bigquery/publish_to_bigquery';
import { PublishTables } from '../io/duckdb/publish_tables';
import { readEvents } from '../io/files/read_events';
import { KeepManifest } from '../io/staging/keep_manifest';
import type { Staged } from '../io/staging/stage_rows';
import { publishStaged, stageTable } from '../io/staging/stage_table';
import type { StagingPlace } from '../io/staging/staging_place';
import type { BaselineEnd } from '../transforms/baselines';
import { CheckLedger } from '../transforms/ledger/check_ledger';
import type { FunnelEnds } from './funnel';
import type { Publishing } from './outputs/batch_output';

export interface BatchEndsOptions {
  readonly inputs: readonly string[];
  readonly splitBytes: number;
  /** Where rows are staged. */
  readonly staging: StagingPlace;
  readonly publishing: Publishing;
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
      options.manifest === null ? publisher(options.publishing) : new KeepManifest(options.manifest),
    ),
  };
}

function publisher(publishing: Publishing) {
  return publishing.kind === 'duckdb'
    ? new PublishTables(publishing.options)
    : new PublishToBigquery(publishing.options, publishing.perLaunch);
}
