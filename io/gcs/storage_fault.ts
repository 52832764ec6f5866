/** What Cloud Storage answers when it does not do what was asked: whether to ask again, and what to tell the user. */
import { InputError } from '../input_error';

/** A call that failed: a status of HTTP, or the code of a connection that broke. */
export interface StorageFault {
  readonly code: number | string;
  /** The service's own words. */
  readonly details: string;
}

/** What was asked for, and of whom. */
export interface Asked {
  /** gs://BUCKET/… */
  readonly path: string;
  /** What was to be done with it: `read` where it isn't said. */
  readonly action?: 'read' | 'write' | 'delete';
  /** Address of a server in Google's place, or null. */
  readonly emulator: string | null;
}

/** An answer that is no success, or that broke off. */
export class StorageAnswer extends Error {
  constructor(
    readonly code: number | string,
    message: string,
  ) {
    super(message);
  }
}

/** What an error says. Code 0: it is none of the service nor of the network, but a defect. */
export function faultOf(error: unknown): StorageFault {
  const { code, message, name } = (error ?? {}) as Record<string, unknown>;
  return { code: codeOf(code, name), details: oneLine(String(message || error)) };
}

function codeOf(code: unknown, name: unknown): number | string {
  if (typeof code === 'number') return code;
  // The library's HTTP client gives no code where a connection took too long.
  if (typeof code !== 'string') return name === 'FetchError' ? 'TIMEOUT' : 0;
  if (/^\d+$/.test(code)) return Number(code);
  // Those of Node are about calls, but for these.
  return /^ERR_(?!STREAM|SSL|TLS)/.test(code) ? 0 : code;
}

/** The same call may well succeed: the connection broke, or the service has too much to do. */
export function isTransient({ code, details }: StorageFault): boolean {
  if (isAboutCredentials({ code, details })) return false;
  return typeof code === 'string' || code === 408 || code === 429 || code >= 500;
}

/** The fault as one message that says what is wrong and what to do; an error that is none of the service stays what it is. */
export function inputErrorOf(error: unknown, asked: Asked): unknown {
  const fault = faultOf(error);
  if (error instanceof InputError || (fault.code === 0 && !isAboutCredentials(fault))) return error;
  return new InputError(messageOf(fault, asked));
}

/** The library has found no credentials, or none that it can use. */
export function noCredentials(error: unknown): InputError {
  return new InputError(credentialsMessage(faultOf(error).details));
}

/** An object is no longer what it was when it was listed. */
export function changedObject(path: string): InputError {
  return new InputError(
    `${path} was replaced or deleted while it was being read. Nothing was changed; run again when nothing writes to it any more`,
  );
}

const ROLES = {
  read: 'roles/storage.objectViewer',
  write: 'roles/storage.objectUser',
  delete: 'roles/storage.objectUser',
} as const;

function messageOf(fault: StorageFault, { path, emulator, action = 'read' }: Asked): string {
  const { code, details } = fault;
  const cannot = `cannot ${action} ${path}`;
  const bucket = /^gs:\/\/[^/]+/.exec(path)?.[0] ?? 'the bucket';
  if (isAboutCredentials(fault)) return credentialsMessage(details);
  if (code === 403)
    return `${cannot}: no permission (${details}). The account needs the role ${ROLES[action]} on ${bucket}`;
  if (code === 404) return `${cannot}: there is no bucket ${bucket}${at(emulator)}. Correct its name`;
  if (typeof code === 'number' && code >= 300 && code < 400)
    return `${cannot}: the answer is a redirection (${code}: ${details}), which is not followed, since credentials would go along. Check the proxy on the way${emulator === null ? '' : `, or the address ${emulator} in STORAGE_EMULATOR_HOST`}`;
  if (typeof code === 'number' && code >= 400 && !isTransient(fault))
    return `${cannot}: Cloud Storage refuses it (${code}: ${details})`;
  if (typeof code === 'number')
    return `${cannot}: Cloud Storage is not able to answer (${code}: ${details}). Try again later`;
  return emulator === null
    ? `${cannot}: Cloud Storage can’t be reached (${details}). Check the network and its proxy`
    : `${cannot}: the server at ${emulator} does not answer (${details}). Start it, or unset STORAGE_EMULATOR_HOST to use Google’s`;
}

function credentialsMessage(details: string): string {
  return `No credentials for Google Cloud (${details}). Run "gcloud auth application-default login", or name a key file in GOOGLE_APPLICATION_CREDENTIALS; to use a server of your own, set STORAGE_EMULATOR_HOST`;
}

function at(emulator: string | null): string {
  return emulator === null ? '' : ` on the server at ${emulator}`;
}

function isAboutCredentials({ code, details }: StorageFault): boolean {
  return (
    code === 401 ||
    /default credentials|GOOGLE_APPLICATION_CREDENTIALS|invalid_grant|credential file/i.test(details)
  );
}

/** Answers may be pages of JSON, HTML or XML. */
function oneLine(text: string): string {
  let words = text;
  try {
    const parsed = JSON.parse(text) as { error?: { message?: unknown } | string };
    const { error } = parsed;
    words = typeof error === 'string' ? error : String(error?.message ?? text);
  } catch {
    words = text.replace(/<[^>]*>/g, ' ');
  }
  words = words.replace(/\s+/g, ' ').trim();
  return words.length > 200 ? `${words.slice(0, 200)}…` : words;
}
