/** scripts/provision, with a program called terraform that writes down what it was asked: which commands follow each other, and that data is deleted only when it is said. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-'));
  writeFileSync(join(folder, 'terraform'), `#!/bin/sh\necho "$@" >> ${folder}/asked\n`);
  chmodSync(join(folder, 'terraform'), 0o755);
  writeFileSync(join(folder, 'asked'), '');
});

afterEach(() => rmSync(folder, { recursive: true }));

function provision(
  command: string,
  variables: Record<string, string>,
): { code: number; asked: string[]; said: string } {
  const { status, stderr } = spawnSync(join(ROOT, 'scripts', 'provision'), [command], {
    env: { PATH: `${folder}:${process.env.PATH}`, ...variables },
    encoding: 'utf8',
  });
  const asked = readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n').filter(Boolean);
  return { code: status ?? -1, asked, said: stderr };
}

const DEV = '-chdir=terraform/environments/dev';
const PROD = '-chdir=terraform/environments/prod';

test('plan and apply name the project', () => {
  expect(provision('plan', { PROJECT: 'my-shop' })).toMatchObject({
    code: 0,
    asked: [`${DEV} init -input=false`, `${DEV} plan -var project_id=my-shop`],
  });
  expect(provision('apply', { PROJECT: 'my-shop', REGION: 'us-east1' }).asked.at(-1)).toBe(
    `${DEV} apply -var project_id=my-shop -var region=us-east1`,
  );
});

test('the project may come from Terraform’s own variable', () => {
  expect(provision('plan', { TF_VAR_project_id: 'my-shop' }).asked.at(-1)).toBe(`${DEV} plan`);
});

test('prod has its state in a bucket', () => {
  expect(provision('plan', { ENV: 'prod', PROJECT: 'my-shop', STATE_BUCKET: 'my-state' }).asked[0]).toBe(
    `${PROD} init -input=false -backend-config=bucket=my-state`,
  );
});

test('destroy keeps the data', () => {
  const { code, asked } = provision('destroy', { PROJECT: 'my-shop' });
  expect(code).toBe(0);
  expect(asked).toEqual([
    `${DEV} init -input=false`,
    `${DEV} apply -var project_id=my-shop -var data_only=true`,
  ]);
});

test('destroy deletes the data when it is told so', () => {
  expect(provision('destroy', { PROJECT: 'my-shop', DATA: 'delete' }).asked.slice(1)).toEqual([
    `${DEV} apply -var project_id=my-shop -var data_only=true -var keep_data=false`,
    `${DEV} destroy -var project_id=my-shop -var data_only=true -var keep_data=false`,
  ]);
});

test.each([
  ['another command', 'refresh', { PROJECT: 'my-shop' }, 'plan|apply|destroy'],
  ['an environment that is not there', 'plan', { PROJECT: 'my-shop', ENV: 'test' }, 'There are: dev prod'],
  ['no project', 'apply', {}, 'make apply ENV=dev PROJECT=my-project'],
  ['no bucket for the state', 'plan', { PROJECT: 'my-shop', ENV: 'prod' }, 'STATE_BUCKET=my-bucket'],
  ['another word for data', 'destroy', { PROJECT: 'my-shop', DATA: 'yes' }, 'keep or delete was expected'],
])('%s is one message, and nothing is done', (_case, command, variables, sentence) => {
  const { code, asked, said } = provision(command, variables);
  expect([code, asked]).toEqual([2, []]);
  expect(said.trim().split('\n')).toEqual([expect.stringContaining(sentence)]);
});
