/**
 * Every option of `run`, declared once: type, default, unit, what it does, and when to change it. The command line, `funnelpulse options` and docs/options.md show these
 * declarations; option_values.ts reads what was given.
 */

import { ALERT_OPTIONS } from './alerts/alert_options';
import { DATAFLOW_OPTIONS } from './dataflow/options';

/** An option as it is declared. A yargs option, and what a reader needs besides. */
export interface DeclaredOption {
  readonly type: 'string' | 'number' | 'boolean' | 'array';
  readonly describe: string;
  /** What its value is measured in or looks like. */
  readonly unit: string;
  /** When another value than the default is the right one. */
  readonly change: string;
  readonly default?: string | number | boolean;
  /** Shown instead of the default. */
  readonly defaultDescription?: string;
  readonly demandOption?: boolean;
  readonly string?: boolean;
  readonly choices?: readonly string[];
}

/** Options that say where events come from and what goes where. */
export const OUTPUT_OPTIONS = {
  input: {
    type: 'array',
    string: true,
    demandOption: true,
    describe:
      'Files, directories or globs of events, on this machine or gs://BUCKET/…: CSV, NDJSON (.json, .ndjson, .jsonl), also gzipped; or a subscription to follow, pubsub://PROJECT/SUBSCRIPTION',
    unit: 'paths, one or more, or one subscription',
    change: 'Always given. Quote a glob, so that it is not the shell that opens it',
  },
  output: {
    type: 'string',
    demandOption: true,
    describe: 'Where the tables go: duckdb:FILE or bigquery:PROJECT.DATASET',
    unit: 'duckdb:FILE or bigquery:PROJECT.DATASET',
    change:
      'Always given. A run over files replaces the tables of an earlier run in there, all at once, at its end; a stream keeps them up to date. A dataset that is missing is made',
  },
  location: {
    type: 'string',
    describe: 'Where the BigQuery dataset is to be; a run onto one that is elsewhere is refused',
    unit: 'a location of BigQuery, like EU or europe-west1',
    defaultDescription: 'where the dataset is; US for one that is made',
    change: 'Set it before the first run, where the law or your other data want it: a dataset can’t be moved',
  },
  silver: {
    type: 'boolean',
    default: false,
    describe: 'Also write silver_events, every counted event cleaned and normalised',
    unit: 'on or off',
    change:
      'To look at single events, or to build tables of your own on them. It takes several times as long and more memory',
  },
  export: {
    type: 'string',
    describe: 'Also write every table to this directory as Parquet',
    unit: 'directory, made where missing',
    defaultDescription: 'no export',
    change: 'Set it where other programs read the tables: pandas, Spark, BigQuery loads',
  },
  replace: {
    type: 'boolean',
    default: false,
    describe: 'Replace the tables even if the output belongs to a stream',
    unit: 'on or off',
    change: 'Set it once, where a refusal has told you so and the stream is no longer wanted',
  },
  quiet: {
    type: 'boolean',
    default: false,
    describe: 'No progress line and no summary',
    unit: 'on or off',
    change: 'Set it in scripts that only look at the exit code',
  },
  json: {
    type: 'boolean',
    default: false,
    describe: 'Print the summary as one line of JSON',
    unit: 'on or off',
    change: 'Set it in scripts that read the counts',
  },
} as const satisfies Record<string, DeclaredOption>;

/** Options that decide what is computed. */
export const COMPUTE_OPTIONS = {
  'price-bands': {
    type: 'string',
    default: '10,30,60',
    describe: 'Bounds of the price bands, ascending, comma-separated, in the currency of the prices',
    unit: 'prices, up to four fractional digits',
    change: 'Change it where your prices lie elsewhere, so that each band holds a fair part of the sales',
  },
  currency: {
    type: 'string',
    describe:
      'Count only records in this currency; the others become dead letters. Records without one are kept',
    unit: 'three letters, like EUR',
    defaultDescription: 'all, added up as they are',
    change: 'Set it where the summary says that prices came in several currencies',
  },
  'allowed-lateness': {
    type: 'string',
    default: '2h',
    describe: 'How long after its end an hour still takes late events',
    unit: 'duration: ms, s, m, h or d',
    change:
      'Raise it where events of a stream come later than that: its hours close later. Files have no late events',
  },
  'early-firing': {
    type: 'string',
    defaultDescription: '10s; 1m on Dataflow, where every firing sends its rows between machines',
    describe: 'Time between two early rows of an unfinished hour',
    unit: 'duration: ms, s, m, h or d',
    change: 'Lower it for fresher rows of a stream. Files have no unfinished hours',
  },
  baseline: {
    type: 'string',
    defaultDescription: 'run for files, trailing for a stream',
    describe:
      'What an hour is compared with: run (all hours of this run), trailing (the 56 days that ended a day before its own began), or a file of hourly rows (.parquet, .csv or the .duckdb file of an earlier run)',
    unit: 'run, trailing or FILE',
    change:
      'Choose trailing for months in which a shop changes: an hour is then judged by what came before it. Name the output of a long, normal period where the input is short, or is all of it unusual',
  },
  history: {
    type: 'string',
    describe:
      'With --baseline trailing: the output of an earlier run, for the days before this one’s first. An hour that this run has itself replaces the one in there',
    unit: 'duckdb:FILE or bigquery:PROJECT.DATASET',
    defaultDescription: 'none for files: the first two days have no baseline; for a stream its own output',
    change: 'Set it where the input begins where an earlier run’s ended',
  },
  'min-baseline-views': {
    type: 'number',
    default: 10,
    describe: 'Views that an hour of a brand needs to be part of the baseline',
    unit: 'views per hour',
    change: 'Raise it where hours with few views make the expected conversion jump',
  },
  'min-flag-views': {
    type: 'number',
    default: 50,
    describe: 'Views that an hour of a brand needs to be flagged',
    unit: 'views per hour',
    change: 'Raise it where small brands make noise, lower it where a small shop sees no anomaly at all',
  },
  'z-threshold': {
    type: 'number',
    default: 2,
    describe: 'Deviation from the mean conversion from which an hour is an anomaly',
    unit: 'standard deviations',
    change: 'Raise it for fewer and surer anomalies (3 is strict), lower it for more',
  },
  'anomaly-basis': {
    type: 'string',
    default: 'brand',
    choices: ['brand', 'brand-hour', 'either'],
    describe:
      'Compare with all hours of the brand, with the same hour of day, or with whichever deviates more',
    unit: 'brand, brand-hour or either',
    change: 'Choose brand-hour where nights convert unlike days and there are some weeks of input',
  },
  now: {
    type: 'string',
    describe: 'Time that rows carry as computed_at',
    unit: 'ISO 8601 time',
    defaultDescription: 'the start of the run',
    change: 'Fix it to get the same rows again, byte for byte',
  },
} as const satisfies Record<string, DeclaredOption>;

/** Options of streams alone: `--input pubsub://PROJECT/SUBSCRIPTION`. */
export const STREAM_OPTIONS = {
  state: {
    type: 'string',
    describe: 'Folder of what a stream has to remember: after a stop or a crash it goes on from there',
    unit: 'directory, made where missing',
    defaultDescription: 'the output’s path and .state, or PROJECT.DATASET.state',
    change: 'Name a disk that outlives the machine. Each stream needs a folder of its own',
  },
  'commit-every': {
    type: 'string',
    default: '1s',
    describe: 'Time between two commits: rows are written, state is saved, messages are acknowledged',
    unit: 'duration: ms, s, m, h or d',
    change:
      'Lower it, with --early-firing, for fresher rows (100ms is as low as makes sense); raise it to use less CPU',
  },
  'timestamp-attribute': {
    type: 'string',
    defaultDescription:
      'event_time; required on Dataflow, where the watermark would else follow the time of publishing',
    describe:
      'Attribute of a message that carries its event time, for the watermark (RFC 3339 or milliseconds since 1970). Messages without it are looked into',
    unit: 'name of an attribute',
    change: 'Name the attribute that your publishers set',
  },
  'watermark-memory': {
    type: 'string',
    default: '60s',
    describe: 'The watermark is the smallest event time received in this time',
    unit: 'duration, no less than the subscription’s ack deadline',
    change:
      'Raise it where publishers send late in bursts that are further apart; hours close that much later',
  },
  'watermark-slack': {
    type: 'string',
    default: '0s',
    describe: 'What the watermark stays behind that smallest event time',
    unit: 'duration: ms, s, m, h or d',
    change:
      'Raise it where many events come a little late, and early and on-time rows shall hold them already',
  },
  'max-watermark-jump': {
    type: 'string',
    default: '1h',
    describe: 'A larger rise of the watermark needs ten messages in two five-second spans that say so',
    unit: 'duration: ms, s, m, h or d',
    change:
      'Raise it to replay faster than an hour of events a second; lower it where clocks of publishers go wrong often',
  },
  'when-idle': {
    type: 'string',
    default: 'advance',
    choices: ['advance', 'hold', 'finish'],
    describe:
      'Without messages the watermark advances with the clock, holds still, or (finish) goes to the end: all hours close and the run ends',
    unit: 'advance, hold or finish',
    change: 'Choose finish for demos, tests and backfills; hold where a gap means that the publisher is down',
  },
  'idle-timeout': {
    type: 'string',
    default: '30s',
    describe: 'How long without messages is idle',
    unit: 'duration: ms, s, m, h or d',
    change: 'Raise it where traffic has gaps by nature',
  },
  'max-future-skew': {
    type: 'string',
    default: '1h',
    describe: 'Events later than their message was published by more than this become dead letters',
    unit: 'duration: ms, s, m, h or d',
    change: 'Raise it where publishers’ clocks are ahead, and you want them counted all the same',
  },
  'max-state': {
    type: 'string',
    default: '2GiB',
    describe:
      'State from which on nothing more is read, until hours expire: better than running out of memory',
    unit: 'size: B, KiB, MiB or GiB',
    change: 'Raise it, and the memory of the machine, where the status line says that the state is full',
  },
  'dead-letter-topic': {
    type: 'string',
    describe:
      'Also publish rejected records to this topic, as they came, with reason and stage as attributes',
    unit: 'projects/PROJECT/topics/TOPIC or PROJECT/TOPIC',
    defaultDescription: 'the table dead_letters alone',
    change: 'Set it where another program shall react to them',
  },
  'metrics-port': {
    type: 'number',
    describe: 'Serve /metrics (Prometheus) and /healthz on 127.0.0.1 at this port',
    unit: 'port, 0 for any free one',
    defaultDescription: 'not served',
    change: 'Set it where a monitoring system looks',
  },
  serve: {
    type: 'string',
    describe:
      'Serve the dashboard and the HTTP API of the output while the stream runs, on 127.0.0.1 or at a HOST, for which FUNNELPULSE_TOKEN has to be set',
    unit: 'PORT or HOST:PORT; port 0 for any free one',
    defaultDescription: 'not served',
    change: 'Set it to watch the stream in a browser, or to ask it from programs',
  },
} as const satisfies Record<string, DeclaredOption>;

/** Options that decide how it is computed; they never change a result. */
export const EXECUTION_OPTIONS = {
  workers: {
    type: 'number',
    defaultDescription: 'the cores; 0 for live traffic',
    describe: 'Worker threads; 0 runs everything in the main thread, which is quickest for small bundles',
    unit: 'threads, 0 to 256',
    change: 'Lower it to leave cores or memory to other programs',
  },
  shards: {
    type: 'number',
    defaultDescription: '1; 32 on Dataflow, since a busy hour has to keep many machines at work',
    describe: 'Accumulators per hour and slot; more spread one busy hour over workers',
    unit: 'count, 1 to 1024',
    change: 'Raise it to the number of workers where the input has fewer hours than there are workers',
  },
  slot: {
    type: 'number',
    defaultDescription: '60; 5 on Dataflow, where a firing sends an accumulator anew: so only what changes',
    describe: 'Minutes of an hour per accumulator',
    unit: 'minutes, a divisor of 60',
    change: 'No need to: for files one accumulator an hour is fastest',
  },
  'split-size': {
    type: 'string',
    default: '8MiB',
    describe: 'Part of a file that one worker reads at a time',
    unit: 'size: B, KiB, MiB or GiB',
    change: 'Lower it where one small file shall use all workers',
  },
  runner: {
    type: 'string',
    default: 'local',
    choices: ['local', 'direct', 'dataflow', 'prism', 'flink', 'portable'],
    describe:
      'local: the event-time runner; dataflow: machines of Google Cloud, docs/dataflow.md; direct: the Beam SDK’s own DirectRunner, for small inputs and second opinions; prism, flink and portable: a Beam job server',
    unit: 'local, dataflow, direct, prism, flink or portable',
    change:
      'Choose dataflow where one machine is not enough; direct or prism to check a result by another engine: they are slower. Workers of a job server run in this process, so files have to be on this machine',
  },
  'job-endpoint': {
    type: 'string',
    defaultDescription: 'localhost:8073 for prism, localhost:8099 for flink',
    describe: 'The job server of --runner prism, flink or portable',
    unit: 'HOST:PORT',
    change: 'Name it where the job server listens elsewhere; portable has no default',
  },
  'job-option': {
    type: 'array',
    string: true,
    defaultDescription: 'none',
    describe:
      'Option of the runner behind the job server, by its name in Beam; true, false and numbers are taken as such',
    unit: 'NAME=VALUE, any number',
    change: 'Like parallelism=2 or streaming=true for Flink; Beam’s documentation of the runner has the list',
  },
  environment: {
    type: 'string',
    defaultDescription: 'this process',
    describe:
      'Where the job server of --runner prism, flink or portable gets its workers: a pool that listens, or containers of an image',
    unit: 'external:HOST:PORT or docker:IMAGE',
    change:
      'Set it for workers on other machines. They have to reach the files: name gs:// inputs and a bigquery: output',
  },
} as const satisfies Record<string, DeclaredOption>;

/** The groups, as help and documentation title them. */
export const OPTION_GROUPS: readonly {
  readonly title: string;
  readonly options: Readonly<Record<string, DeclaredOption>>;
}[] = [
  { title: 'Input and output', options: OUTPUT_OPTIONS },
  { title: 'What is computed', options: COMPUTE_OPTIONS },
  { title: 'Streams (pubsub:// inputs)', options: STREAM_OPTIONS },
  { title: 'Alerts of streams', options: ALERT_OPTIONS },
  { title: 'How it is computed (never changes a result)', options: EXECUTION_OPTIONS },
  { title: 'On Dataflow (--runner dataflow)', options: DATAFLOW_OPTIONS },
];
