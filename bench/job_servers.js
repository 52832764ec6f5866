/** Prism, and Flink with Beam's job server, started for a benchmark on ports of their own. */
const { execFileSync, spawn } = require('node:child_process');
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const net = require('node:net');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');

const SCRIPTS = join(__dirname, '..', 'scripts');
const START_MS = 60_000;
/** Of /proc, on all Linux machines that Node runs on. */
const TICKS_PER_SECOND = 100;

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, 'localhost', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function isListening(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, 'localhost');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** Where the script puts what it installs, once it is there. */
function installed(script) {
  return execFileSync(join(SCRIPTS, script), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}

class JobServer {
  constructor(name, version, port, child, folder) {
    this.name = name;
    this.version = version;
    this.endpoint = `localhost:${port}`;
    this.child = child;
    this.folder = folder;
    this.kill = () => child.kill('SIGKILL');
    process.once('exit', this.kill);
  }

  /** User and system time of its process so far, seconds; undefined where the system doesn't tell. */
  cpuSeconds() {
    try {
      const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    } catch {
      return undefined;
    }
  }

  stop() {
    process.removeListener('exit', this.kill);
    this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @throws Error where it doesn't listen within a minute */
async function begin(name, version, port, command, args, folder) {
  const child = spawn(command, args, { stdio: 'ignore' });
  const server = new JobServer(name, version, port, child, folder);
  for (const start = Date.now(); !(await isListening(port)); await delay(100))
    if (child.exitCode !== null || Date.now() - start > START_MS) {
      server.stop();
      throw new Error(`${name} did not start`);
    }
  return server;
}

async function startPrism() {
  const program = installed('install-prism');
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'funnelpulse-prism-'));
  const version = program.replace(/^.*-v/, '');
  return begin('Prism', version, port, program, [`--job_port=${port}`, '--serve_http=false'], folder);
}

async function startFlink() {
  const jars = installed('install-flink');
  const [port, artifacts, expansion] = [await freePort(), await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'funnelpulse-flink-'));
  const flags = [
    `--artifact-port=${artifacts}`,
    `--expansion-port=${expansion}`,
    `--artifacts-dir=${folder}`,
  ];
  const version = jars.replace(/^.*\//, '');
  return begin('Flink', version, port, join(SCRIPTS, 'flink', 'start'), [jars, port, ...flags], folder);
}

module.exports = { installed, startFlink, startPrism };
