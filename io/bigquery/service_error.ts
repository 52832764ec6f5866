/** What BigQuery answers when it does not do what was asked: whether to ask again, and what to tell the user. */
import { InputError } from '../input_error';
import { emulatorHost } from './client';
import { type DatasetName, textOf } from './dataset_name';

/** A call or a job that failed, in the service's words. */
export interface ServiceFault {
  /** The status of HTTP; 0 where there was no answer, or for a job. */
  readonly status: number;
  /** BigQuery's name of the error, such as accessDenied; a system's code, such as ECONNREFUSED; or ''. */
  readonly reason: string;
  readonly message: string;
}

/** A job that has ended in an error. */
export class JobError extends Error {
  override readonly name = 'JobError';

  constructor(
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

export function faultOf(error: unknown): ServiceFault {
  const { code, errors, reason, message } = (error ?? {}) as {
    code?: unknown;
    errors?: readonly { reason?: string }[];
    reason?: unknown;
    message?: unknown;
  };
  return {
    status: typeof code === 'number' ? code : 0,
    reason: String(reason ?? errors?.[0]?.reason ?? (typeof code === 'string' ? code : '')),
    message: String(message ?? error).split('\n')[0],
  };
}

export function isMissing(error: unknown): boolean {
  return faultOf(error).status === 404;
}

/** A query asks for a table, or a dataset, that is not there. */
export function isNoTable(error: unknown): boolean {
  return isMissing(error) || /not found: (table|dataset)/i.test(faultOf(error).message);
}

/** What was to be made is there already; of a job: it has been started before. */
export function isThere(error: unknown): boolean {
  return faultOf(error).status === 409;
}

const PASSING_REASONS =
  /^(backendError|internalError|jobBackendError|jobInternalError|rateLimitExceeded|jobRateLimitExceeded|tableUnavailable|ECONN\w*|EPIPE|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ESOCKETTIMEDOUT|EAI_AGAIN|ERR_STREAM_PREMATURE_CLOSE)$/;

/** The same may succeed a moment later. */
export function isPassing(error: unknown): boolean {
  const { status, reason, message } = faultOf(error);
  return (
    status === 429 ||
    status >= 500 ||
    PASSING_REASONS.test(reason) ||
    /socket hang up|premature close|network socket disconnected/i.test(message)
  );
}

/** A transaction that lost against another one which changed the same tables; BigQuery ends it as a whole. */
export function isConflict(error: unknown): boolean {
  return /concurrent (update|transaction)|transaction is aborted|serialize access/i.test(
    faultOf(error).message,
  );
}

/** The error as an {@link InputError} that says what is wrong with the dataset and what to do; itself where it is none of the service. */
export function outputError(
  name: DatasetName,
  error: unknown,
  doing: 'write to' | 'read' = 'write to',
): unknown {
  if (!(error instanceof Error) || error instanceof InputError || error instanceof TypeError) return error;
  const { status, reason, message } = faultOf(error);
  const words = message.replace(/\.$/, '');
  const cannot = `cannot ${doing} bigquery:${textOf(name)}`;
  if (isAboutCredentials(status, message))
    return new InputError(
      `${cannot}: no usable credentials were found (${words}). Sign in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS to a key file, or BIGQUERY_EMULATOR_HOST to use an emulator`,
    );
  if (/different (locations|regions)|locations?: source|in location|not found in location/i.test(message))
    return new InputError(
      `${cannot}: ${words}. What is read and what is written have to be in one location: choose a bucket or a dataset in the other's`,
    );
  if (status === 403 && /billing|sandbox/i.test(message))
    return new InputError(
      `${cannot}: ${words}. Transactions need a project with billing: enable it, or choose another project`,
    );
  if (status === 403 && /quota|rateLimit/i.test(reason))
    return new InputError(
      `${cannot}: a quota of the project is used up (${words}). Try again later, or ask for more quota`,
    );
  if (reason === 'accessNotConfigured' || /has not (been used in|enabled)/i.test(message))
    return new InputError(
      `${cannot}: ${words}. Correct the project's name, or enable BigQuery there: gcloud services enable bigquery.googleapis.com --project=${name.project}`,
    );
  if (/datasets\.create/.test(message))
    return new InputError(
      `${cannot}: the dataset is not there, and may not be made (${words}). Correct its name, have it made, or give the account roles/bigquery.dataEditor on the project`,
    );
  if (status === 403 || reason === 'accessDenied')
    return new InputError(
      `${cannot}: permission denied (${words}). The account needs the roles roles/bigquery.jobUser on the project and ${doing === 'read' ? 'roles/bigquery.dataViewer' : 'roles/bigquery.dataEditor'} on the dataset`,
    );
  if (/streaming buffer/i.test(message))
    return new InputError(
      `${cannot}: a stream has written to it a moment ago, and BigQuery lets nobody delete such rows for up to 90 minutes (${words}). Try again later, or choose another dataset`,
    );
  if (reason === 'notFound' || status === 404)
    return new InputError(`${cannot}: ${words}. Correct the project's name, or create it`);
  if (isPassing(error)) {
    const host = emulatorHost();
    return new InputError(
      host === undefined
        ? `${cannot}: BigQuery does not answer (${words}). Check the network and try again`
        : `${cannot}: no emulator of BigQuery answers at ${host} (${words}). Start it, or unset BIGQUERY_EMULATOR_HOST to use the service`,
    );
  }
  if (status >= 400 || error instanceof JobError) return new InputError(`${cannot}: ${words}`);
  return error;
}

function isAboutCredentials(status: number, message: string): boolean {
  return (
    status === 401 ||
    /default credentials|GOOGLE_APPLICATION_CREDENTIALS|invalid_grant|metadata server/i.test(message)
  );
}
