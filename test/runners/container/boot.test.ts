/** The container's entry point, as the image has it, against a runner that only boots it; FUNNELPULSE_IMAGE names an image's tree to take it from. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ProvisioningRunner } from './provisioning_runner';

const ROOT = join(__dirname, '../../..');
const ENTRY = join(resolve(process.env.FUNNELPULSE_IMAGE ?? ROOT), 'dist/bundle/container.js');
const BOOT = join(ROOT, 'dist/runners/container/boot.js');
jest.setTimeout(60_000);

interface Container {
  readonly process: ChildProcess;
  readonly ended: Promise<{ code: number | null; stderr: string; stdout: string }>;
}

let folder: string;
let runner: ProvisioningRunner;
const containers: Container[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-boot-'));
});
afterEach(async () => {
  for (const { process: child, ended } of containers.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  runner?.stop();
  rmSync(folder, { recursive: true });
});

function start(script: string, ...args: string[]): Container {
  if (!existsSync(ENTRY)) throw new Error(`${ENTRY} is missing: build it with "npm run build"`);
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (text) => {
      said[name] += text;
    });
  const ended = new Promise<Awaited<Container['ended']>>((resolve) =>
    child.on('close', (code) => resolve({ code, ...said })),
  );
  const container = { process: child, ended };
  containers.push(container);
  return container;
}

/** As a runner starts it: with what it has to know, and more. */
function boot(...more: string[]): Container {
  return start(
    ENTRY,
    ...['--id=1-1', `--provision_endpoint=${runner.address}`, `--semi_persist_dir=${folder}`],
    ...['--artifact_endpoint', 'nowhere:1', '--of_another_runner=x', ...more],
  );
}

async function until(condition: () => boolean): Promise<void> {
  for (const start = Date.now(); !condition(); await delay(20))
    if (Date.now() - start > 30_000) throw new Error(`Not within 30 s: ${condition}`);
}

/** Processes below another one, by their arguments. */
function below({ process: { pid } }: Container): { pid: number; args: string }[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  return lines
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)!)
    .filter(([, , parent]) => Number(parent) === pid)
    .map(([, child, , args]) => ({ pid: Number(child), args }));
}

test('a worker for itself and each sibling, until the runner has no more work', async () => {
  runner = await ProvisioningRunner.start(['1-1', '1-2', '1-3'], { secret: 'to-nobody' });
  const container = boot();
  await until(() => runner.controls.size === 3);
  expect([...runner.controls.keys()].sort()).toEqual(['1-1', '1-2', '1-3']);
  // The pipeline's options are in a file that nobody else may read, and in no arguments.
  const [place] = readdirSync(folder);
  const options = join(folder, place, 'pipeline_options.json');
  expect(JSON.parse(readFileSync(options, 'utf8'))).toEqual({ secret: 'to-nobody' });
  expect(statSync(options).mode & 0o777).toBe(0o600);
  const workers = below(container);
  expect(workers).toHaveLength(3);
  for (const { args } of workers) expect(args).not.toContain('to-nobody');
  runner.endAll();
  expect(await container.ended).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(readdirSync(folder)).toEqual([]);
});

test('a worker that crashes is started again, three times; then all are stopped', async () => {
  runner = await ProvisioningRunner.start(['1-2'], {});
  const container = boot();
  for (let crash = 1; crash <= 4; crash++) {
    await until(() => runner.controls.size === 2);
    const victim = below(container).find(({ args }) => args.includes('--id=1-2'))!;
    process.kill(victim.pid, 'SIGKILL');
    await until(() => !runner.controls.has('1-2'));
  }
  const { code, stderr } = await container.ended;
  expect(code).toBe(1);
  const again = 'boot: Worker 1-2 was ended by SIGKILL. It is started again\n';
  expect(stderr).toBe(
    `${again.repeat(3)}boot: Worker 1-2 was ended by SIGKILL. It is not started again: too many crashes\n`,
  );
  // The runner has been told.
  const told = runner.logged.map(({ message }) => message).filter((message) => /SIGKILL/.test(message));
  expect(told).toHaveLength(4);
});

test('SIGTERM stops the workers; one that does not listen is killed after five seconds', async () => {
  runner = await ProvisioningRunner.start(['1-2'], {});
  const container = boot();
  await until(() => runner.controls.size === 2);
  container.process.kill('SIGTERM');
  expect(await container.ended).toEqual({ code: 0, stdout: '', stderr: '' });

  const ready = join(folder, 'ready');
  const deaf = join(folder, 'deaf.js');
  writeFileSync(
    deaf,
    `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); require('fs').writeFileSync(${JSON.stringify(ready)}, '');`,
  );
  const script = join(folder, 'boot.js');
  writeFileSync(
    script,
    `require(${JSON.stringify(BOOT)}).boot(process.argv.slice(2), ${JSON.stringify(deaf)}).then((code) => process.exit(code));`,
  );
  const stubborn = start(script, '--id', 'a', '--provision_endpoint', runner.address);
  await until(() => existsSync(ready));
  const since = Date.now();
  stubborn.process.kill('SIGTERM');
  expect(await stubborn.ended).toMatchObject({ code: 0 });
  expect(Date.now() - since).toBeGreaterThanOrEqual(4900);
});

test('flags that are missing are named; help is given', async () => {
  expect(await start(ENTRY, '--id=1').ended).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^boot: --provision_endpoint is missing\. This is the entry point/),
  });
  expect(await start(ENTRY, '--help').ended).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('--provision_endpoint'),
  });
});
