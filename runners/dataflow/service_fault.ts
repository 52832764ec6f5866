/** What Dataflow answers when it does not do what was asked: whether to ask again, and what to tell the user. */
import { DataflowError } from './dataflow_error';

/** A call that failed. */
export interface ServiceFault {
  /** The status of HTTP; 0 where there was no answer. */
  readonly status: number;
  /** A system's code, such as ECONNREFUSED, or the service's name of the error, such as PERMISSION_DENIED. */
  readonly reason: string;
  /** The service's own words. */
  readonly words: string;
  /** What the service asks to wait for, milliseconds. */
  readonly retryAfterMs: number | null;
}

/** What was asked for, in words (`start the job shop`), and where. */
export interface Asked {
  readonly what: string;
  readonly project: string;
  readonly region: string;
  /** Address of a server in Google's place, or null. */
  readonly emulator: string | null;
}

/** What an error of Google's HTTP client says. */
export function faultOf(error: unknown, now: number = Date.now()): ServiceFault {
  const { status, code, response, message, cause } = (error ?? {}) as {
    status?: number;
    code?: unknown;
    response?: { status?: number; headers?: Headers; data?: unknown };
    message?: unknown;
    cause?: { message?: unknown };
  };
  const answered = response?.status ?? status ?? 0;
  const { error: told } = asObject(response?.data) as { error?: { status?: unknown; message?: unknown } };
  return {
    status: answered,
    reason: String(told?.status ?? (typeof code === 'string' ? code : '')),
    // Where there was no answer, the library's own words say nothing.
    words: oneLine(
      String(told?.message ?? (answered === 0 ? cause?.message : undefined) ?? message ?? error),
    ),
    retryAfterMs: waitOf(response?.headers?.get?.('retry-after') ?? null, now),
  };
}

function asObject(data: unknown): object {
  if (typeof data === 'string') {
    try {
      return asObject(JSON.parse(data));
    } catch {
      return {};
    }
  }
  return typeof data === 'object' && data !== null ? data : {};
}

/** `Retry-After`: seconds, or a date. */
function waitOf(header: string | null, now: number): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** The same may succeed a moment later. */
export function isPassing(fault: ServiceFault): boolean {
  if (isAboutCredentials(fault)) return false;
  return fault.status === 0 || fault.status === 408 || fault.status === 429 || fault.status >= 500;
}

/** The fault as one message that says what is wrong and what to do. */
export function errorOf(fault: ServiceFault, asked: Asked): DataflowError {
  return new DataflowError(`cannot ${asked.what}: ${messageOf(fault, asked)}`);
}

function messageOf(fault: ServiceFault, { project, region, emulator }: Asked): string {
  const { status, words } = fault;
  if (isAboutCredentials(fault))
    return `no usable credentials were found (${words}). Sign in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS to a key file`;
  if (status === 403 && /has not been used in project|is disabled|SERVICE_DISABLED/i.test(words))
    return `the Dataflow API is not enabled (${words}). Enable it: gcloud services enable dataflow.googleapis.com --project=${project}`;
  if (status === 403)
    return `permission denied (${words}). You need roles/dataflow.developer on the project ${project}, and roles/iam.serviceAccountUser on the workers' service account`;
  if (status === 404)
    return `Dataflow knows nothing of that name in ${region} of ${project} (${words}). Correct --project, --region or the job`;
  if (status === 429)
    return `a quota of the project is used up (${words}). Try again later, or ask for more quota`;
  if (isPassing(fault))
    return emulator === null
      ? `Dataflow does not answer (${status === 0 ? '' : `${status}: `}${words}). Check the network and its proxy, and try again`
      : `the server at ${emulator} does not answer (${status === 0 ? '' : `${status}: `}${words}). Start it, or unset DATAFLOW_EMULATOR_HOST to use Google’s`;
  return `Dataflow refuses it (${status}: ${words})`;
}

function isAboutCredentials({ status, words }: ServiceFault): boolean {
  return (
    status === 401 ||
    /default credentials|GOOGLE_APPLICATION_CREDENTIALS|invalid_grant|credential file|metadata server/i.test(
      words,
    )
  );
}

function oneLine(text: string): string {
  const words = text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '');
  return words.length > 400 ? `${words.slice(0, 400)}…` : words;
}
