/**
 * What our worker tells Dataflow it can do. Declared here once: the service takes it at its word, so a line is added when the harness does what it says, and not before.
 *
 * Not among them: `beam:protocol:multi_core_bundle_processing:v1`, since JavaScript runs on one core; without it the service starts a process for each core (`use_sibling_sdk_workers`). Nor
 * `beam:protocol:worker_status:v1`, since nobody opens that stream.
 */
export const WORKER_CAPABILITIES: readonly string[] = [
  'beam:coder:bool:v1',
  'beam:coder:bytes:v1',
  'beam:coder:double:v1',
  'beam:coder:global_window:v1',
  'beam:coder:interval_window:v1',
  'beam:coder:iterable:v1',
  'beam:coder:kv:v1',
  'beam:coder:length_prefix:v1',
  'beam:coder:string_utf8:v1',
  'beam:coder:varint:v1',
  'beam:coder:windowed_value:v1',
  'beam:protocol:progress_reporting:v1',
  'beam:protocol:sibling_workers:v1',
];

/** A worker that can use several cores needs one container a machine, others one a core. */
export const MULTI_CORE = 'beam:protocol:multi_core_bundle_processing:v1';
