import type { PubSub } from '@google-cloud/pubsub';
import { emulatorHost } from './emulator';

/**
 * A client of Pub/Sub for a project; of the emulator where `PUBSUB_EMULATOR_HOST` is set. The library is loaded here, which takes half a second and which not every command needs.
 */
export function openClient(projectId: string): PubSub {
  // An emulator asks for no credentials. Left alone, the library looks for Google's machines first, and warns on standard error where it finds none.
  if (emulatorHost() !== null) process.env.METADATA_SERVER_DETECTION ??= 'none';
  const { PubSub } = require('@google-cloud/pubsub') as typeof import('@google-cloud/pubsub');
  return new PubSub({ projectId });
}

/**
 * Fails where there are no credentials, which an emulator doesn't need. To be called before the client's first request: that one would leave a rejected promise behind which nobody can catch, and which ends the
 * process.
 */
export async function checkCredentials(client: PubSub): Promise<void> {
  if (emulatorHost() === null) await client.auth.getClient();
}

/** Ends a client's connections. One that never came about has none, whatever its error says. */
export async function closeClient(client: PubSub): Promise<void> {
  await client.close().catch(() => {});
}
