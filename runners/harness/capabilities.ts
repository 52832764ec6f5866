/**
 * What a worker of ours can do beyond what every one has to. Declared here once: runners take it at its word, and send what is named here and nothing else, so a line is added when the harness does what it says.
 *
 * Not among them: state, timers and splittable DoFns, and {@link MULTI_CORE}, since a worker is one thread: a runner starts a process for each core.
 */
export const HARNESS_CAPABILITIES: readonly string[] = [
  'beam:coder:bool:v1',
  'beam:coder:bytes:v1',
  'beam:coder:double:v1',
  'beam:coder:global_window:v1',
  'beam:coder:interval_window:v1',
  'beam:coder:iterable:v1',
  'beam:coder:kv:v1',
  'beam:coder:length_prefix:v1',
  'beam:coder:nullable:v1',
  'beam:coder:state_backed_iterable:v1',
  'beam:coder:string_utf8:v1',
  'beam:coder:varint:v1',
  'beam:coder:windowed_value:v1',
  'beam:protocol:monitoring_info_short_ids:v1',
  'beam:protocol:progress_reporting:v1',
  'beam:protocol:sibling_workers:v1',
  'beam:protocol:worker_status:v1',
  'beam:version:sdk_base:funnelpulse',
];

/** Several bundles at once on several cores of one process: such a worker needs one container a machine, others one a core. */
export const MULTI_CORE = 'beam:protocol:multi_core_bundle_processing:v1';
