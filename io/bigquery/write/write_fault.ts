/** What BigQuery answers when it does not take rows: whether to send them again, and what to tell the user. */
import { InputError } from '../../input_error';
import { type GrpcFault, STATUS } from '../../wire/grpc_fault';

/**
 * Upserts may be sent twice, so whatever may be over soon is tried again: an answer that didn't come, a connection that broke, a quota. OK is the end of a connection that still owes answers: BigQuery ends one
 * after some hours, and when nothing was sent for minutes.
 */
const PASSING: ReadonlySet<number> = new Set([
  STATUS.OK,
  STATUS.CANCELLED,
  STATUS.UNKNOWN,
  STATUS.DEADLINE_EXCEEDED,
  STATUS.RESOURCE_EXHAUSTED,
  STATUS.ABORTED,
  STATUS.INTERNAL,
  STATUS.UNAVAILABLE,
]);

/** A token ran out, and where a new one is had can't be reached just now. gRPC counts that as UNAUTHENTICATED. */
const TOKEN_UNREACHABLE =
  /^Getting metadata from plugin failed.*(ECONN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|socket hang up|time(d )?out|network)/is;

/** The same rows will be refused again, until somebody puts something right. */
export function isPermanent(fault: GrpcFault): boolean {
  if (TOKEN_UNREACHABLE.test(fault.details)) return false;
  return !PASSING.has(fault.code) || isAboutCredentials(fault);
}

const FIRST_DELAY_MS = 50;
const MOST_DELAY_MS = 10_000;
/** A quota is counted by the minute: what is sent at once again is refused again. */
const FIRST_QUOTA_DELAY_MS = 1000;

/** How long to wait after a fault, in milliseconds: twice as long each time, and never in step with others. */
export function backoffMs({ code }: GrpcFault, attempts: number, random = Math.random()): number {
  const first = code === STATUS.RESOURCE_EXHAUSTED ? FIRST_QUOTA_DELAY_MS : FIRST_DELAY_MS;
  return Math.min(MOST_DELAY_MS, first * 2 ** Math.min(attempts, 20)) * (0.5 + random / 2);
}

/** Where rows were meant to go. */
export interface WriteAddress {
  /** `projects/P/datasets/D` */
  readonly dataset: string;
  /** null where the fault is nobody's in particular. */
  readonly table: string | null;
  /** Host and port of a local server, null for Google's service. */
  readonly endpoint: string | null;
}

/** The fault as one message that says what is wrong and what to do. */
export function writeError(fault: GrpcFault, address: WriteAddress): InputError {
  return new InputError(messageOf(fault, address));
}

function messageOf(fault: GrpcFault, { dataset, table, endpoint }: WriteAddress): string {
  const { code, details } = fault;
  const [, project, , name] = dataset.split('/');
  const where = endpoint === null ? '' : ` at ${endpoint}`;
  const what = table === null ? `${project}.${name}` : `${project}.${name}.${table}`;
  if (isAboutCredentials(fault))
    return `No credentials for Google Cloud (${details}). Run "gcloud auth application-default login", or name a key file in GOOGLE_APPLICATION_CREDENTIALS.`;
  switch (code) {
    case STATUS.NOT_FOUND:
      return `There is no table ${what}${where} any more (${details}). Put it back, or start again to have it made.`;
    case STATUS.PERMISSION_DENIED:
      return `No permission to write to ${what}${where} (${details}). The account needs the role roles/bigquery.dataEditor on the dataset.`;
    case STATUS.INVALID_ARGUMENT:
    case STATUS.FAILED_PRECONDITION:
      return `BigQuery${where} does not take the rows of ${what} as they are (${details}). Compare its columns and primary key with the declared ones: bq show --format=prettyjson ${project}:${name}${table === null ? '' : `.${table}`}`;
    default:
      return isPermanent(fault)
        ? `BigQuery${where} does not take the rows of ${what} (${details}).`
        : `BigQuery${where} has not taken rows of ${what} for too long (${details}). Check the network, its proxy and the project's quotas, and start again: nothing is lost.`;
  }
}

function isAboutCredentials({ code, details }: GrpcFault): boolean {
  return (
    code === STATUS.UNAUTHENTICATED ||
    /default credentials|GOOGLE_APPLICATION_CREDENTIALS|invalid_grant/.test(details)
  );
}
