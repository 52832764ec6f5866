/**
 * A server in the place of two of Google's: Dataflow's jobs, as its REST API documents them, and the uploads of Cloud Storage. It keeps every call, lets a job pass through states that a test names, and answers
 * wrongly, late or not at all where a test says so.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedCall {
  readonly method: string;
  /** Without the API's version. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What becomes of a call: it is served; or answered so; or served and its answer lost; or never answered. */
export type Fate =
  | 'serve'
  | 'lost'
  | 'silent'
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };

export interface ServedJob extends Record<string, unknown> {
  readonly id: string;
  readonly name: string;
  clientRequestId?: string;
  /** What it is at each look; the last one stays. undefined: it has no state yet. */
  states: (string | undefined)[];
  currentState?: string | undefined;
}

const ENDED = /DONE|FAILED|CANCELLED|UPDATED|DRAINED/;

export class RecordingDataflow {
  readonly calls: RecordedCall[] = [];
  readonly jobs: ServedJob[] = [];
  /** By their addresses: gs://BUCKET/NAME. */
  readonly objects = new Map<string, Buffer>();
  messages: Record<string, unknown>[] = [];
  metrics: Record<string, unknown>[] = [];
  /** Messages of a page. */
  pageSize = 100;
  /** Through what a new job passes. */
  states: (string | undefined)[] = [undefined, 'JOB_STATE_PENDING', 'JOB_STATE_RUNNING', 'JOB_STATE_DONE'];
  /** What a name that is taken gets: the job that has it, or an error. */
  conflict: 'job' | 'error' = 'job';
  fate: (call: RecordedCall, number: number) => Fate = () => 'serve';
  private readonly server: Server = createServer((request, answer) => void this.handle(request, answer));

  async start(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** As if it had been started by somebody before. */
  addJob(name: string, states: (string | undefined)[], more: Record<string, unknown> = {}): ServedJob {
    const number = String(this.jobs.length + 1).padStart(10, '0');
    const job = {
      id: `2026-01-01_00_00_00-${number}`,
      name,
      states: [...states],
      type: 'JOB_TYPE_STREAMING',
      ...more,
    };
    this.jobs.push(job);
    return job;
  }

  /** What was asked of jobs, as METHOD and the end of the path. */
  get asked(): string[] {
    return this.calls.map(({ method, path }) => `${method} ${path.replace(/^.*\/jobs/, 'jobs')}`);
  }

  private async handle(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const bytes = Buffer.concat(pieces);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const isStorage = url.pathname.includes('/storage/v1/');
    const call: RecordedCall = {
      method: request.method ?? '',
      path: url.pathname.replace(/^\/v1b3/, ''),
      query: Object.fromEntries(url.searchParams),
      body: !isStorage && bytes.length > 0 ? JSON.parse(bytes.toString('utf8')) : {},
      at: Date.now(),
    };
    this.calls.push(call);
    const fate = this.fate(call, this.calls.length);
    if (fate === 'silent') return;
    if (typeof fate === 'object') return send(answer, fate.status, fate.body ?? {}, fate.headers);
    const [status, body] = isStorage ? this.serveObject(call, bytes) : this.serveJob(call);
    if (fate === 'lost') answer.destroy();
    else send(answer, status, body);
  }

  private serveJob(call: RecordedCall): [status: number, body: unknown] {
    const { method, path, query } = call;
    const [, id, part] = /\/jobs(?:\/([^/]+)(?:\/(messages|metrics))?)?$/.exec(path) ?? [];
    if (id === undefined) return method === 'POST' ? this.create(call) : [200, this.list(query)];
    const job = this.jobs.find((each) => each.id === decodeURIComponent(id));
    if (job === undefined)
      return [404, fault(404, 'NOT_FOUND', `(abc): Information about job ${id} could not be found.`)];
    if (part === 'messages') return [200, this.page(query)];
    if (part === 'metrics') return [200, { metrics: this.metrics }];
    if (method === 'PUT') {
      const state = String(call.body.requestedState);
      const way = state.endsWith('DRAINED') ? 'JOB_STATE_DRAINING' : 'JOB_STATE_CANCELLING';
      job.states = [way, state];
      return [200, shown(job)];
    }
    if (job.states.length > 0) job.currentState = job.states.shift();
    return [200, shown(job, query.view === 'JOB_VIEW_ALL')];
  }

  private create({ body }: RecordedCall): [status: number, body: unknown] {
    const active = this.jobs.find(
      (job) =>
        job.name === body.name && !ENDED.test(job.currentState ?? '') && body.replaceJobId === undefined,
    );
    if (active !== undefined && active.clientRequestId !== body.clientRequestId && this.conflict === 'error')
      return [409, fault(409, 'ALREADY_EXISTS', `(abc): There is already an active job named ${body.name}`)];
    if (active !== undefined) return [200, shown(active)];
    return [200, shown(this.addJob(String(body.name), this.states, body))];
  }

  private list({ filter, name }: Readonly<Record<string, string>>): unknown {
    const jobs = this.jobs.filter(
      (job) =>
        (name === undefined || job.name === name) &&
        (filter !== 'ACTIVE' || !ENDED.test(job.currentState ?? '')),
    );
    return jobs.length > 0 ? { jobs: jobs.map((job) => shown(job)) } : {};
  }

  private page({
    pageToken = '0',
    startTime = '',
    minimumImportance,
  }: Readonly<Record<string, string>>): unknown {
    const from = Number(pageToken);
    const all = this.messages.filter(
      ({ time, messageImportance }) =>
        String(time) >= startTime &&
        !(minimumImportance === 'JOB_MESSAGE_BASIC' && messageImportance === 'JOB_MESSAGE_DEBUG'),
    );
    const next = from + this.pageSize;
    return {
      ...(all.length > from && { jobMessages: all.slice(from, next) }),
      ...(all.length > next && { nextPageToken: String(next) }),
    };
  }

  private serveObject({ method, path, query }: RecordedCall, bytes: Buffer): [status: number, body: unknown] {
    const [, bucket, name] = /\/b\/([^/]+)\/o(?:\/(.+))?$/.exec(path) ?? [];
    if (method === 'POST') {
      this.objects.set(`gs://${bucket}/${query.name}`, partOf(bytes));
      return [200, { bucket, name: query.name }];
    }
    if (method === 'DELETE') {
      this.objects.delete(`gs://${bucket}/${decodeURIComponent(name)}`);
      return [204, ''];
    }
    const items = [...this.objects.keys()]
      .filter((each) => each.startsWith(`gs://${bucket}/${query.prefix ?? ''}`))
      .map((each) => ({ bucket, name: each.slice(`gs://${bucket}/`.length) }));
    return [200, { items }];
  }
}

/** What the service tells of a job: nothing of its environment, unless asked for all. */
function shown({ states: _, environment, ...job }: ServedJob, all = false): unknown {
  return { ...job, ...(all && { environment }) };
}

export function fault(code: number, status: string, message: string): unknown {
  return { error: { code, status, message } };
}

function send(answer: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  answer.writeHead(status, { 'content-type': type, ...headers }).end(status === 204 ? undefined : text);
}

/** The second part of a multipart body: the object itself. */
function partOf(bytes: Buffer): Buffer {
  const boundary = bytes.subarray(0, bytes.indexOf('\r\n'));
  const second = bytes.indexOf(boundary, boundary.length);
  const start = bytes.indexOf('\r\n\r\n', second) + 4;
  return bytes.subarray(start, bytes.indexOf(Buffer.concat([Buffer.from('\r\n'), boundary]), start));
}
