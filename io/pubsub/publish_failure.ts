/** What the service said when it did not take messages → what the user can do about it. */
import { InputError } from '../input_error';

/** Codes of gRPC. */
const DEADLINE_EXCEEDED = 4;
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

/** The code of gRPC that an error carries, or −1. */
export function grpcCode(error: unknown): number {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : -1;
}

/** Whether the caller may not do what was asked, though it may be allowed to do something else. */
export function isDenied(error: unknown): boolean {
  return grpcCode(error) === PERMISSION_DENIED;
}

/** The error as an {@link InputError} that says what is wrong with `topic` and what to do; itself where it is none of the service. */
export function publishFailure(topic: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof InputError) return error;
  const [, project, , name] = topic.split('/');
  const emulator = process.env.PUBSUB_EMULATOR_HOST;
  const detail = error.message.split('\n')[0];
  switch (grpcCode(error)) {
    case NOT_FOUND:
      return new InputError(
        `cannot publish to ${topic}: there is no such topic${emulator === undefined ? '' : ` in the emulator at ${emulator}`}. Make it (gcloud pubsub topics create ${name} --project ${project}), or name another one`,
      );
    case PERMISSION_DENIED:
      return new InputError(
        `cannot publish to ${topic}: permission denied. The account needs the role roles/pubsub.publisher on this topic (${detail})`,
      );
    case UNAUTHENTICATED:
      return new InputError(`cannot publish to ${topic}: the credentials were refused. ${SIGN_IN}`);
    case UNAVAILABLE:
    case DEADLINE_EXCEEDED:
      return new InputError(
        emulator === undefined
          ? `cannot publish to ${topic}: Pub/Sub can't be reached (${detail}). Check the network; for an emulator set PUBSUB_EMULATOR_HOST`
          : `cannot publish to ${topic}: no Pub/Sub emulator answers at ${emulator} (PUBSUB_EMULATOR_HOST). Start it, or unset the variable to use the service`,
      );
    case RESOURCE_EXHAUSTED:
      return new InputError(
        `cannot publish to ${topic}: a quota of the project is used up (${detail}). Publish more slowly, or ask for more quota`,
      );
    case INVALID_ARGUMENT:
      return new InputError(`cannot publish to ${topic}: the service refused a message (${detail})`);
    default:
      return /default credentials|credential|metadata server|ENOENT/i.test(error.message)
        ? new InputError(
            `cannot publish to ${topic}: no usable credentials were found (${detail.replace(/\.$/, '')}). ${SIGN_IN}`,
          )
        : error;
  }
}

const SIGN_IN =
  'Sign in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS to a key file, or PUBSUB_EMULATOR_HOST to use an emulator';
