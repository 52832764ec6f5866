import type { PubSub } from '@google-cloud/pubsub';

/**
 * A client of Pub/Sub for a project; of the emulator where `PUBSUB_EMULATOR_HOST` is set. The library is loaded here, which takes half a second and which not every command needs.
 */
export function openClient(projectId: string): PubSub {
  // An emulator asks for no credentials. Left alone, the library looks for Google's machines first, and warns on standard error where it finds none.
  if (process.env.PUBSUB_EMULATOR_HOST) process.env.METADATA_SERVER_DETECTION ??= 'none';
  const { PubSub } = require('@google-cloud/pubsub') as typeof import('@google-cloud/pubsub');
  return new PubSub({ projectId });
}

/** Ends a client's connections. One that never came about has none, whatever its error says. */
export async function closeClient(client: PubSub): Promise<void> {
  await client.close().catch(() => {});
}
