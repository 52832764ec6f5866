/** Ctrl-C at a terminal, while a job is watched: what is asked, and what each answer does. The terminal is made by script(1) of util-linux. */
import { execFileSync, spawn } from 'node:child_process';
import { choiceOf } from '../../pipelines/dataflow/interrupted_watch';
import { RecordingDataflow } from '../runners/dataflow/recording_dataflow';
import { CLI, type Outcome, type Started, until } from './product';

const CTRL_C = '\x03';

function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
}

/** Runs a command whose standard streams are a terminal. It takes its shell's place: some shells die of the Ctrl-C that their command has answered. */
function startAtTerminal(command: string): Started {
  const options = ['--quiet', '--flush', '--return', '--command', `exec ${command}`, '/dev/null'];
  const child = spawn('script', options, { env: process.env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdout.setEncoding('utf8');
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout: '', stderr: '' }));
  });
  return { process: child, ended };
}

test.each([
  ['', true, 'leave'],
  ['l', true, 'leave'],
  ['what?', true, 'leave'],
  ['d', true, 'drain'],
  [' Drain it ', true, 'drain'],
  ['d', false, 'leave'],
  ['c', true, 'cancel'],
  ['CANCEL', false, 'cancel'],
] as const)('the answer %j (a stream: %j) means %s', (answer, streaming, choice) => {
  expect(choiceOf(answer, streaming)).toBe(choice);
});

if (!hasScript() && !process.env.CI)
  process.stderr.write('Skipped: Ctrl-C at a terminal. It needs script(1) of util-linux.\n');

(hasScript() || process.env.CI ? describe : describe.skip)('at a terminal', () => {
  let server: RecordingDataflow;
  beforeEach(async () => {
    server = await new RecordingDataflow().start();
    process.env.DATAFLOW_EMULATOR_HOST = server.endpoint;
  });
  afterEach(async () => {
    delete process.env.DATAFLOW_EMULATOR_HOST;
    await server.stop();
  });

  test.each<[string, string, string, number, string[]]>([
    ['d', 'JOB_TYPE_STREAMING', '[l]eave it running, [d]rain it', 0, ['JOB_STATE_DRAINED']],
    ['c', 'JOB_TYPE_BATCH', '[l]eave it running, or [c]ancel it?', 0, ['JOB_STATE_CANCELLED']],
    ['', 'JOB_TYPE_STREAMING', '[l]eave it running', 130, []],
    [CTRL_C, 'JOB_TYPE_STREAMING', '[l]eave it running', 130, []],
  ])('the answer %j to a job of %s', async (answer, type, question, code, requested) => {
    const { id } = server.addJob('shop', ['JOB_STATE_RUNNING'], { type });
    const command = `${process.execPath} ${CLI} dataflow watch ${id} --project my-shop --region europe-west1`;
    const watching = startAtTerminal(command);
    let shown = '';
    watching.process.stdout!.on('data', (text: string) => {
      shown += text;
    });
    await until(() => shown.includes('the job is running'), watching);
    watching.process.stdin!.write(CTRL_C);
    await until(() => shown.includes('[c]ancel it?'), watching);
    expect(shown).toContain(question);
    watching.process.stdin!.write(answer === CTRL_C ? CTRL_C : `${answer}\n`);
    expect((await watching.ended).code).toBe(code);
    expect(
      server.calls.filter(({ method }) => method === 'PUT').map(({ body }) => body.requestedState),
    ).toEqual(requested);
    if (requested.length === 0) expect(shown).toMatch(/the job goes on: https:/);
  });
});
