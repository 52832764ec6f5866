/** Registers the functions of the ends, see transforms/registration.ts. */
import '../beam/registration';
import '../beam/json_coder';
import { requireForSerialization } from 'apache-beam/serialization';
import { StageObjects } from './bigquery/objects/stage_objects';
import { PublishToBigquery } from './bigquery/publish_to_bigquery';
import { EnterRun } from './bigquery/write/enter_run';
import { WriteRows } from './bigquery/write/write_rows';
import { PublishTables } from './duckdb/publish_tables';
import { ListFiles } from './files/list_files';
import { ReadRanges, ReadRangesSync } from './files/read_ranges';
import { MessagesToChunks } from './pubsub/messages_to_chunks';
import { PublishRejects } from './pubsub/publish_rejects';
import { KeepManifest } from './staging/keep_manifest';
import { LogRows } from './staging/log_rows';
import { ReadHistory } from './staging/read_history';
import { KeyPart, StageRows } from './staging/stage_rows';

requireForSerialization('funnelpulse/io', {
  EnterRun,
  KeepManifest,
  KeyPart,
  ListFiles,
  LogRows,
  MessagesToChunks,
  PublishRejects,
  PublishTables,
  PublishToBigquery,
  ReadHistory,
  ReadRanges,
  ReadRangesSync,
  StageObjects,
  StageRows,
  WriteRows,
});
