/** docs/roles.md against the grants in terraform/, both ways; and what no grant may be. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expression, readModules } from './terraform_modules';

/** A role that somebody has, or is said to have. */
interface Grant {
  readonly account: string;
  readonly role: string;
  /** MODULE/ADDRESS */
  readonly address: string;
}

/** The one role that is our own. */
const CUSTOM = 'google_project_iam_custom_role';
const HEADER = ['account', 'role', 'granted by', 'permission', 'call that needs it'];
const ACCOUNTS = new Map([
  [expression('google_service_account.publisher.member'), 'publisher'],
  [expression('google_service_account.reader.member'), 'reader'],
  [expression('google_service_account.worker.member'), 'worker'],
  [expression('google_service_account.launcher[0].member'), 'launcher'],
  [expression('local.service_agent'), 'Pub/Sub'],
]);

function documented(): (Grant & { permissions: string[]; call: string })[] {
  const text = readFileSync(join(__dirname, '..', '..', 'docs', 'roles.md'), 'utf8');
  const [header, , ...rows] = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(header).toEqual(HEADER);
  return rows.map(([account, role, address, permission, call]) => ({
    account,
    role: role.replaceAll('`', ''),
    address: address.replaceAll('`', ''),
    permissions: [...permission.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    call,
  }));
}

async function granted(): Promise<Grant[]> {
  return (await readModules()).flatMap(({ path, resources }) =>
    resources
      .filter(({ type }) => /_iam_/.test(type) && type !== CUSTOM)
      .map(({ address, body }) => ({
        account: ACCOUNTS.get(String(body.member)) ?? `unknown: ${String(body.member)}`,
        role: String(body.role).replace(expression(`${CUSTOM}.watermark_tracking.id`), 'watermark tracking'),
        address: `${path.replace(/^modules\//, '')}/${address}`,
      })),
  );
}

const byAddress = (a: Grant, b: Grant): number => (a.address < b.address ? -1 : 1);

test('every role that is granted has a line with the call that needs it, and every line a role', async () => {
  const lines = documented().map(({ account, role, address }) => ({ account, role, address }));
  const grants = await granted();
  expect(grants.length).toBeGreaterThan(8);
  expect(lines.sort(byAddress)).toEqual(grants.sort(byAddress));
});

test('a line names permissions of the role’s own service, and a call', () => {
  for (const { role, permissions, call } of documented()) {
    const [service] = /(?<=^roles\/)[a-z]+/.exec(role) ?? ['pubsub'];
    expect(permissions).not.toHaveLength(0);
    for (const permission of permissions)
      expect(permission).toMatch(new RegExp(`^${service}\\.[a-zA-Z]+\\.[a-zA-Z]+$`));
    expect(call).toMatch(/`[A-Za-z]+\.[A-Za-z]+`/);
  }
});

test('grants add one member, have a fixed role, and none of a wide one', async () => {
  const types = (await readModules()).flatMap(({ resources }) => resources.map(({ type }) => type));
  expect(types.filter((type) => /_iam_(?!member$)/.test(type))).toEqual([CUSTOM]);
  for (const { role } of await granted()) {
    expect(role).toMatch(/^(roles\/[a-z]+\.[a-zA-Z]+|watermark tracking)$/);
    expect(role).not.toMatch(/admin|owner$/i);
  }
});

test('the role of our own has the permissions that its line says', async () => {
  const custom = (await readModules())
    .flatMap(({ resources }) => resources)
    .filter(({ type }) => type === CUSTOM);
  expect(custom).toHaveLength(1);
  const [line] = documented().filter(({ role }) => role === 'watermark tracking');
  expect(custom[0].body.permissions).toEqual(line.permissions);
});

test('only rights on jobs, and to follow a watermark, are granted on the whole project', async () => {
  const wide = (await granted()).filter(({ address }) =>
    /\/google_(project|folder|organization)_/.test(address),
  );
  expect([...new Set(wide.map(({ role }) => role))].sort()).toEqual([
    'roles/bigquery.jobUser',
    'roles/dataflow.developer',
    'roles/dataflow.worker',
    'watermark tracking',
  ]);
});

test('nothing is public', async () => {
  for (const { path, text, resources } of await readModules()) {
    expect(`${path} ${text.match(/allUsers|allAuthenticatedUsers/)?.[0] ?? 'private'}`).toBe(
      `${path} private`,
    );
    for (const { type, body } of resources)
      if (type === 'google_storage_bucket')
        expect(body).toMatchObject({
          uniform_bucket_level_access: true,
          public_access_prevention: 'enforced',
        });
  }
});
