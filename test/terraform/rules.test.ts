/** What the Terraform files must hold beyond being right: decisions that a change could undo without anything else failing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Body } from './argument_check';
import { expression, type Module, readModules } from './terraform_modules';

let modules: Module[];

beforeAll(async () => {
  modules = await readModules();
});

function moduleAt(path: string): Module {
  return modules.find((module) => module.path === path)!;
}

function resource(path: string, address: string): Body {
  const found = moduleAt(path).resources.find((candidate) => candidate.address === address);
  if (found === undefined) throw new Error(`${path} has no ${address}`);
  return found.body;
}

const ofType = (type: string): { address: string; body: Body }[] =>
  modules.flatMap(({ resources }) => resources.filter((candidate) => candidate.type === type));

test('events that come again are neither diverted nor held up', () => {
  const events = resource('modules/pubsub', 'google_pubsub_subscription.events');
  expect(events).not.toHaveProperty('dead_letter_policy');
  expect(events).not.toHaveProperty('retry_policy');
  expect(events).not.toHaveProperty('filter');
  expect(events).toMatchObject({ enable_exactly_once_delivery: false, enable_message_ordering: false });
});

test('no subscription expires, and each says how long it keeps messages', () => {
  const subscriptions = ofType('google_pubsub_subscription');
  expect(subscriptions).toHaveLength(3);
  for (const { body } of subscriptions) {
    expect(body.expiration_policy).toEqual([{ ttl: '' }]);
    expect(body.message_retention_duration).toMatch(/retention_days \* 86400}s$/);
  }
});

test('topics take any message and keep it in the region', () => {
  const topics = ofType('google_pubsub_topic');
  expect(topics.map(({ address }) => address)).toEqual([
    'google_pubsub_topic.dead_letters',
    'google_pubsub_topic.events',
  ]);
  for (const { body } of topics) {
    expect(body).not.toHaveProperty('schema_settings');
    expect(body.message_storage_policy).toEqual([
      { allowed_persistence_regions: [expression('var.region')] },
    ]);
  }
});

test('dead letters have a topic of their own, and a subscription that keeps them', () => {
  expect(resource('modules/pubsub', 'google_pubsub_subscription.dead_letters').topic).toBe(
    expression('google_pubsub_topic.dead_letters.id'),
  );
});

test('the archive takes every message, as soon as Pub/Sub may write there', () => {
  const archive = resource('modules/pubsub', 'google_pubsub_subscription.archive');
  expect(archive.topic).toBe(expression('google_pubsub_topic.events.id'));
  expect(archive).not.toHaveProperty('filter');
  const [file] = archive.cloud_storage_config as [Body];
  expect(file.bucket).toBe(expression('var.archive_bucket'));
  // Text, which can be read as NDJSON.
  expect(file).not.toHaveProperty('avro_config');
  // A file may take 10 minutes, the largest archive_file_minutes; Pub/Sub wants an ack deadline not below that.
  expect(archive.ack_deadline_seconds).toBe(600);
  const grants = moduleAt('modules/pubsub').resources.filter(({ type }) => /_iam_/.test(type));
  expect([...(archive.depends_on as string[])].sort()).toEqual(
    grants.map(({ address }) => expression(address)),
  );
});

test('names of what a project has one list of begin with the name of the installation', () => {
  for (const { body } of [...ofType('google_pubsub_topic'), ...ofType('google_pubsub_subscription')])
    expect(body.name).toMatch(/^\$\{var\.name}-/);
  for (const { body } of ofType('google_storage_bucket')) expect(body.name).toMatch(/^\$\{local\.prefix}-/);
  expect(moduleAt('modules/storage').locals.get('prefix')).toBe(
    `${expression('var.project_id')}-${expression('var.name')}`,
  );
  for (const { body } of ofType('google_service_account'))
    expect(body.account_id).toMatch(/^\$\{var\.name}-/);
});

test('what holds data is not deleted while keep_data is true', () => {
  const buckets = ofType('google_storage_bucket');
  expect(Object.fromEntries(buckets.map(({ address, body }) => [address, body.force_destroy]))).toEqual({
    'google_storage_bucket.raw': expression('!var.keep_data'),
    'google_storage_bucket.archive': expression('!var.keep_data'),
    'google_storage_bucket.staging': true,
    'google_storage_bucket.templates': expression('!var.keep_data'),
  });
  expect(resource('modules/bigquery', 'google_bigquery_dataset.funnel').delete_contents_on_destroy).toBe(
    expression('!var.keep_data'),
  );
  expect(resource('modules/bigquery', 'google_bigquery_table.table').deletion_protection).toBe(
    expression('var.keep_data'),
  );
  for (const { path, variables } of modules)
    if (variables.has('keep_data'))
      expect([path, variables.get('keep_data')]).toEqual([path, expect.objectContaining({ default: true })]);
});

test('without data_only everything is there; with it what holds data alone', () => {
  const counts = [...moduleAt('modules/platform').calls].map(([name, { count }]) => [name, count]);
  expect(Object.fromEntries(counts)).toEqual({
    storage: undefined,
    bigquery: undefined,
    pubsub: expression('local.flowing'),
    registry: expression('local.flowing'),
    iam: expression('local.flowing'),
    monitoring: expression('local.flowing'),
    dataflow: expression('local.flowing'),
  });
  expect(moduleAt('modules/platform').locals.get('flowing')).toBe(expression('var.data_only ? 0 : 1'));
});

test('rows are kept for good where samples and backfills are loaded', () => {
  expect(moduleAt('modules/bigquery').variables.get('expiration_days')?.default).toEqual({});
  expect(moduleAt('environments/dev').calls.get('platform')).not.toHaveProperty('expiration_days');
});

test('alerts watch the oldest unacked message, the dead-letter topic, and what jobs export', () => {
  const filters = ofType('google_monitoring_alert_policy').map(({ address, body }) => {
    const [{ condition_threshold: threshold, condition_prometheus_query_language: query }] =
      body.conditions as [Record<string, [Body]>];
    return [address.split('.')[1], String(threshold?.[0].filter ?? query[0].query)];
  });
  expect(Object.fromEntries(filters)).toEqual({
    events_wait: expect.stringMatching(/{var\.events_subscription}.*oldest_unacked_message_age/),
    archive_waits: expect.stringMatching(/{var\.archive_subscription}.*oldest_unacked_message_age/),
    dead_letters: expect.stringMatching(/{var\.dead_letter_topic}.*topic\/send_message_operation_count/),
    failed: expect.stringMatching(
      /{local\.stream}.*{local\.batch}.*dataflow\.googleapis\.com\/job\/is_failed/,
    ),
    lag: expect.stringMatching(/{local\.job}.*dataflow\.googleapis\.com\/job\/system_lag/),
    watermark: expect.stringMatching(/{local\.job}.*dataflow\.googleapis\.com\/job\/data_watermark_age/),
    counter: expect.stringMatching(/job\/user_counter.*metric_name.*{each\.key}.*{local\.stream}/),
  });
});

test('every module pins the same Terraform and provider', () => {
  for (const { path, text } of modules)
    expect([path, text]).toEqual([
      path,
      expect.stringMatching(/required_version = ">= 1\.11"[\s\S]*version\s*= "~> 7\.45"/),
    ]);
});

test('alerts on counters are on counters that the pipeline has', () => {
  const counters = moduleAt('modules/dataflow').locals.get('counters') as Record<string, Body>;
  const sources = ['pipelines/dataflow/stream_sink.ts', 'schema/tables.ts'].map((file) =>
    readFileSync(join(__dirname, '../..', file), 'utf8'),
  );
  const names = [...sources[0].matchAll(/counter\('(\w+)'\)/g)].map(([, name]) => name);
  const tables = [...sources[1].matchAll(/^ {2}name: '(\w+)'/gm)].map(([, name]) => `rows_${name}`);
  expect(Object.keys(counters)).toHaveLength(3);
  expect(sources[0]).toMatch(/counter\(`rows_\$\{table\.name\}`\)/);
  for (const name of Object.keys(counters)) expect([...names, ...tables]).toContain(name);
});

test('a stream is drained, and begins only when its workers may read', () => {
  const stream = resource('modules/dataflow', 'google_dataflow_job.stream');
  expect(stream).toMatchObject({ on_delete: 'drain', enable_streaming_engine: true });
  const waits = (stream.depends_on as string[]).map(String);
  const grants = moduleAt('modules/dataflow').resources.filter(
    ({ address }) => /_iam_member\.worker_/.test(address) && !/reads_(raw|archive)/.test(address),
  );
  expect(waits.sort()).toEqual(grants.map(({ address }) => expression(address)).sort());
});
