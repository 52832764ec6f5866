/** Calls of Dataflow's REST API: signed with the credentials that Google's libraries find, and made again where that may help. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Asked, errorOf, faultOf, isPassing } from './service_fault';

const GOOGLE = 'https://dataflow.googleapis.com';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** How long a call may take, and how long one that fails is made again; milliseconds. */
export interface Patience {
  readonly callMs: number;
  /** From the first failure on, pauses included. */
  readonly retryMs: number;
  /** The pause before the second attempt; each further one is twice as long, up to {@link MOST_PAUSE_MS}. */
  readonly firstPauseMs: number;
}

export const PATIENCE: Patience = { callMs: 60_000, retryMs: 120_000, firstPauseMs: 500 };
/** Of whoever watches a job for hours: an outage is no reason to look away. */
export const WATCH_PATIENCE: Patience = { ...PATIENCE, retryMs: 1_800_000 };
const MOST_PAUSE_MS = 30_000;

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the API's version: `/projects/P/locations/R/jobs`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** What it is for, in words: see {@link Asked}. */
  readonly what: string;
  /** Statuses that the caller understands: the answer is null then. */
  readonly expected?: readonly number[];
}

interface SigningClient {
  request(options: Record<string, unknown>): Promise<{ data: unknown }>;
}

/** Address of a server that stands in for Google's; null for Google's. */
export function emulatorEndpoint(): string | null {
  const host = process.env.DATAFLOW_EMULATOR_HOST;
  if (!host) return null;
  return (/^https?:\/\//.test(host) ? host : `http://${host}`).replace(/\/+$/, '');
}

export class RestTransport {
  private client: Promise<SigningClient> | null = null;
  private readonly emulator = emulatorEndpoint();

  constructor(
    private readonly place: Pick<Asked, 'project' | 'region'>,
    private readonly patience: Patience = PATIENCE,
  ) {}

  /**
   * The parsed answer; null for a status that was expected. Calls are made again where the service is busy or does not answer: they have to be such as may come twice.
   *
   * @throws {DataflowError} one message for the user
   */
  async call({ method, path, query = {}, body, what, expected = [] }: Call): Promise<unknown> {
    const url = new URL(`${this.emulator ?? GOOGLE}/v1b3${path}`);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value);
    let firstFailure: number | null = null;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.attempt(method, url, body);
      } catch (error) {
        const fault = faultOf(error);
        if (expected.includes(fault.status)) return null;
        firstFailure ??= Date.now();
        const pause = this.pauseAfter(attempt, fault.retryAfterMs);
        if (!isPassing(fault) || Date.now() + pause > firstFailure + this.patience.retryMs)
          throw errorOf(fault, { what, ...this.place, emulator: this.emulator });
        await delay(pause);
      }
    }
  }

  private async attempt(method: string, url: URL, body: unknown): Promise<unknown> {
    this.client ??= this.open();
    const client = await this.client;
    const { data } = await client.request({
      method,
      url: url.href,
      timeout: this.patience.callMs,
      retry: false,
      responseType: 'json',
      ...(body !== undefined && { data: body }),
    });
    return data;
  }

  private async open(): Promise<SigningClient> {
    const { GoogleAuth, PassThroughClient } =
      require('google-auth-library') as typeof import('google-auth-library');
    if (this.emulator !== null) return new PassThroughClient() as unknown as SigningClient;
    return (await new GoogleAuth({ scopes: SCOPE }).getClient()) as unknown as SigningClient;
  }

  private pauseAfter(attempt: number, asked: number | null): number {
    const own = Math.min(MOST_PAUSE_MS, this.patience.firstPauseMs * 2 ** attempt);
    // A little luck keeps many callers from coming back together.
    return asked ?? own * (0.75 + Math.random() / 2);
  }
}
