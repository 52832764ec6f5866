/** Every resource in terraform/ against the provider's schema, and every name against its declaration: what `terraform validate` would say, where the provider can't be had. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultsOf } from './argument_check';
import { readProviderSchema } from './provider_schema';
import { referenceFaults } from './reference_check';
import { type Module, readModule, readModules } from './terraform_modules';

const schema = readProviderSchema();
let modules: Module[];

beforeAll(async () => {
  modules = await readModules();
});

/** What is wrong with a module. */
function allFaults(module: Module): string[] {
  return [
    ...module.resources.flatMap(({ type, address, body }) => {
      const members = schema.resources.get(type);
      return members === undefined
        ? [`${address}: there is no resource ${type}`]
        : faultsOf(address, body, members);
    }),
    ...module.dataSources.flatMap(({ type, address, body }) => {
      const members = schema.dataSources.get(type);
      return members === undefined
        ? [`${address}: there is no data source ${type}`]
        : faultsOf(address, body, members);
    }),
    ...referenceFaults(module, modules),
  ];
}

test('there are modules and environments', () => {
  expect(modules.map(({ path }) => path)).toEqual([
    'environments/dev',
    'environments/prod',
    'modules/bigquery',
    'modules/dataflow',
    'modules/iam',
    'modules/monitoring',
    'modules/platform',
    'modules/pubsub',
    'modules/registry',
    'modules/storage',
  ]);
});

test('every resource fits the provider, every name is declared and used', () => {
  expect(modules.flatMap((module) => allFaults(module).map((fault) => `${module.path}: ${fault}`))).toEqual(
    [],
  );
});

test('the schema holds what is in use and nothing else', () => {
  const types = (kind: 'resources' | 'dataSources'): string[] =>
    [...new Set(modules.flatMap((module) => module[kind].map(({ type }) => type)))].sort();
  expect([...schema.resources.keys()]).toEqual(types('resources'));
  expect([...schema.dataSources.keys()]).toEqual(types('dataSources'));
});

describe('the check finds', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'terraform-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const topic = (body: string): string => `resource "google_pubsub_topic" "t" {\nname = "events"\n${body}\n}`;
  const bucket = (body: string): string =>
    `resource "google_storage_bucket" "b" {\nname = "raw"\nlocation = "EU"\n${body}\n}`;
  const subscription = (body: string): string =>
    `resource "google_pubsub_subscription" "s" {\nname = "events"\ntopic = "events"\n${body}\n}`;

  test.each([
    ['nothing in what is right', topic('labels = { a = "b" }'), []],
    [
      'nothing in dynamic blocks and expressions that are right',
      bucket(
        'count = 1\nforce_destroy = !true\ndynamic "lifecycle_rule" {\nfor_each = []\ncontent {\naction {\ntype = "Delete"\n}\ncondition {\nage = lifecycle_rule.value\n}\n}\n}',
      ),
      [],
    ],
    [
      'a resource that does not exist',
      'resource "google_pubsub_tropic" "t" {}',
      [/no resource google_pubsub_tropic/],
    ],
    ['a data source that does not exist', 'data "google_projekt" "p" {}', [/no data source google_projekt/]],
    ['an unknown argument', topic('retention = "1d"'), [/no argument retention/]],
    ['an unknown block', topic('retention {\nage = 1\n}'), [/no argument retention/]],
    ['a missing argument', 'resource "google_pubsub_topic" "t" {}', [/name is missing/]],
    ['a missing argument of a block', subscription('cloud_storage_config {}'), [/bucket is missing/]],
    [
      'a missing block',
      'resource "google_monitoring_alert_policy" "a" {\ncombiner = "OR"\ndisplay_name = "a"\n}',
      [/conditions is missing/],
    ],
    [
      'an unknown argument of a block',
      subscription('expiration_policy {\ntll = ""\n}'),
      [/no argument tll/, /ttl is missing/],
    ],
    ['a block written as an attribute', subscription('expiration_policy = { ttl = "" }'), [/is a block/]],
    ['an attribute written as a block', topic('labels {\na = "b"\n}'), [/is an attribute/]],
    [
      'an argument outside of its block',
      bucket('lifecycle_rule {\nage = 3\naction {\ntype = "Delete"\n}\ncondition {}\n}'),
      [/lifecycle_rule: there is no argument age/],
    ],
    [
      'two of what may stand once',
      subscription('expiration_policy {\nttl = ""\n}\nexpiration_policy {\nttl = ""\n}'),
      [/not more than 1/],
    ],
    [
      'faults within dynamic blocks',
      bucket('dynamic "lifecycle_rule" {\nfor_each = []\ncontent {\naction {\nkind = "Delete"\n}\n}\n}'),
      [/no argument kind/, /type is missing/, /condition is missing/],
    ],
    [
      'a dynamic block that does not exist',
      bucket('dynamic "rule" {\nfor_each = []\ncontent {}\n}'),
      [/no block rule/],
    ],
    ['what only the provider sets', bucket('url = "gs://raw"'), [/set by the provider/]],
    [
      'what is deprecated',
      'resource "google_bigquery_table" "t" {\ndataset_id = "d"\ntable_id = "t"\ntime_partitioning {\ntype = "DAY"\nrequire_partition_filter = true\n}\n}',
      [/deprecated/],
    ],
    ['a text for a number', subscription('ack_deadline_seconds = "soon"'), [/is a number, not "soon"/]],
    ['a number for a truth value', bucket('force_destroy = 3'), [/is a bool, not 3/]],
    ['a list for a text', topic('kms_key_name = ["a"]'), [/is a string/]],
    [
      'a text for a list',
      topic('message_storage_policy {\nallowed_persistence_regions = "a"\n}'),
      [/set of string/],
    ],
    ['an undeclared variable', topic('project = var.project'), [/var.project is not declared/]],
    ['an undeclared local', topic('project = local.project'), [/local.project is not declared/]],
    [
      'an undeclared resource',
      topic('project = google_pubsub_topic.other.project'),
      [/google_pubsub_topic.other is not declared/],
    ],
    [
      'a variable that nothing uses',
      'variable "a" {\ntype = string\ndescription = "A"\n}',
      [/variable a is never used/],
    ],
    [
      'a variable without description or type',
      `variable "a" {}\n${topic('project = var.a')}`,
      [/a has no description/, /a has no type/],
    ],
    ['a module that is not there', 'module "m" {\nsource = "../../modules/none"\n}', [/nothing at/]],
    [
      'wrong and missing arguments and outputs of a module',
      'module "m" {\nsource = "../../modules/registry"\nproject_id = "a"\nzone = "b"\n}\noutput "o" {\ndescription = "O"\nvalue = module.m[0].url\n}',
      [/no variable zone/, /needs region/, /no output url/],
    ],
  ])('%s', async (_case, text, faults) => {
    writeFileSync(join(folder, 'main.tf'), text);
    const module = { ...(await readModule(folder)), path: 'environments/broken' };
    const found = allFaults(module);
    expect(found).toHaveLength(faults.length);
    for (const [index, fault] of faults.entries()) expect(found[index]).toMatch(fault);
  });

  test('what is no HCL', async () => {
    writeFileSync(join(folder, 'main.tf'), 'resource "google_pubsub_topic" {');
    await expect(readModule(folder)).rejects.toThrow();
  });
});
