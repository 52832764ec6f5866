/** Registers the functions of the ends, see transforms/registration.ts. */
import '../beam/registration';
import '../beam/json_coder';
import { requireForSerialization } from 'apache-beam/serialization';
import { PublishTables } from './duckdb/publish_tables';
import { ListFiles } from './files/list_files';
import { ReadRanges, ReadRangesSync } from './files/read_ranges';
import { MessagesToChunks } from './pubsub/messages_to_chunks';
import { PublishRejects } from './pubsub/publish_rejects';
import { AnnounceParts } from './staging/announce_parts';
import { KeepManifest } from './staging/keep_manifest';
import { ReadHistory } from './staging/read_history';
import { KeyPart, StageRows } from './staging/stage_rows';

requireForSerialization('funnelpulse/io', {
  AnnounceParts,
  KeepManifest,
  KeyPart,
  ListFiles,
  MessagesToChunks,
  PublishRejects,
  PublishTables,
  ReadHistory,
  ReadRanges,
  ReadRangesSync,
  StageRows,
});
