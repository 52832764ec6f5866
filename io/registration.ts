/** Registers the functions of the ends, see transforms/registration.ts. */
import '../beam/registration';
import '../beam/json_coder';
import { requireForSerialization } from 'apache-beam/serialization';
import { PublishToBigquery } from './bigquery/publish_to_bigquery';
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
  StageRows,
});
