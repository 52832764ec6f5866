/** What Pub/Sub answers when it does not do what was asked: whether to ask again, and what to tell the user. */
import { InputError } from '../input_error';
import { type GrpcFault, STATUS } from '../wire/grpc_fault';

/** Whose fault it was: the subscription, and where it was looked for. */
export interface ServiceAddress {
  /** projects/PROJECT/subscriptions/SUBSCRIPTION */
  readonly subscription: string;
  /** Host and port of the emulator, null for Google's service. */
  readonly emulator: string | null;
}

const PERMANENT: ReadonlySet<number> = new Set([
  STATUS.INVALID_ARGUMENT,
  STATUS.NOT_FOUND,
  STATUS.PERMISSION_DENIED,
  STATUS.FAILED_PRECONDITION,
  STATUS.UNIMPLEMENTED,
  STATUS.UNAUTHENTICATED,
]);

/** The same call will fail again, until somebody puts something right. */
export function isPermanent({ code }: GrpcFault): boolean {
  return PERMANENT.has(code);
}

/** The fault as one message that says what is wrong and what to do. */
export function inputErrorOf(fault: GrpcFault, address: ServiceAddress): InputError {
  return new InputError(messageOf(fault, address));
}

function messageOf({ code, details }: GrpcFault, { subscription, emulator }: ServiceAddress): string {
  const [, project, , name] = subscription.split('/');
  const where = emulator === null ? '' : ` on the emulator at ${emulator}`;
  if (isAboutCredentials(code, details)) {
    return `No credentials for Google Cloud (${details}). Run "gcloud auth application-default login", or name a key file in GOOGLE_APPLICATION_CREDENTIALS; to use the emulator, set PUBSUB_EMULATOR_HOST.`;
  }
  switch (code) {
    case STATUS.NOT_FOUND:
      return `There is no subscription ${subscription}${where}. Correct its name, or create it: gcloud pubsub subscriptions create ${name} --topic=TOPIC --project=${project}`;
    case STATUS.PERMISSION_DENIED:
      return `No permission to pull from ${subscription} (${details}). The account needs the role roles/pubsub.subscriber on it.`;
    case STATUS.INVALID_ARGUMENT:
    case STATUS.FAILED_PRECONDITION:
    case STATUS.UNIMPLEMENTED:
      return `Pub/Sub does not let ${subscription}${where} be pulled from: ${details}. It has to be a pull subscription.`;
    default:
      return emulator === null
        ? `Pub/Sub can't be reached (${details}). Check the network and its proxy; to use the emulator, set PUBSUB_EMULATOR_HOST.`
        : `The Pub/Sub emulator at ${emulator} does not answer (${details}). Start it: gcloud beta emulators pubsub start --host-port=${emulator} — or unset PUBSUB_EMULATOR_HOST to use Google's service.`;
  }
}

function isAboutCredentials(code: number, details: string): boolean {
  return (
    code === STATUS.UNAUTHENTICATED || /default credentials|GOOGLE_APPLICATION_CREDENTIALS/.test(details)
  );
}
