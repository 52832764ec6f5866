/** What docs/replay.md tells a reader to type, typed, in its order, with the emulator as the service. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { closeClient, openClient } from '../../io/pubsub/client';
import { describeWithPubsub } from '../emulators/pubsub';
import { CLI } from './product';

const ROOT = join(__dirname, '../..');
const GUIDE = readFileSync(join(ROOT, 'docs/replay.md'), 'utf8');
const commands = [...GUIDE.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, text]) =>
  text.trimEnd().split('\n'),
);

describeWithPubsub('the guide to live traffic', (emulator) => {
  let folder: string;
  beforeAll(async () => {
    const client = openClient('local-test');
    await client.createTopic('events');
    await closeClient(client);
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-guide-'));
    symlinkSync(join(ROOT, 'samples'), join(folder, 'samples'));
    mkdirSync(join(folder, 'out'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(commands)('%s', async (command) => {
    const script = `funnelpulse() { ${JSON.stringify(process.execPath)} ${JSON.stringify(CLI)} "$@"; }\n${command}`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env: { ...process.env, PUBSUB_EMULATOR_HOST: emulator().host },
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /Sent [\d,]+ messages|Read [\d,]+ events|Newest of dead_letters|^[\d,]+ dead letters/,
    );
  });
});
