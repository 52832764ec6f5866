/** What a runner tells a worker before it starts. */
import type { ProvisionInfo } from 'apache-beam/proto/beam_provision_api';
import { Channel } from './channel';
import { RUNNER_METHODS } from './services';

/** @throws Error where the service at the address doesn't answer */
export async function provision(address: string, workerId: string): Promise<ProvisionInfo | undefined> {
  const channel = new Channel(address, workerId);
  try {
    return (await channel.ask(RUNNER_METHODS.provision, {})).info;
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(`The provision service at ${address} failed: ${message}`, { cause });
  } finally {
    channel.close();
  }
}
