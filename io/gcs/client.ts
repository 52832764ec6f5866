import type { Storage } from '@google-cloud/storage';
import { noCredentials } from './storage_fault';

/** Attempts of the library after the first one, with growing pauses: a quarter of a minute altogether. */
const RETRIES = 3;

interface Client {
  readonly storage: Storage;
  /** Kept once there are credentials, or none are needed. */
  readonly ready: Promise<unknown>;
}

/** Of this thread, by the endpoint. */
const clients = new Map<string, Client>();

/** Address of a server that stands in for Google's, from the variable that Google's libraries know; null for Google's. */
export function emulatorEndpoint(): string | null {
  const host = process.env.STORAGE_EMULATOR_HOST;
  if (!host) return null;
  return (/^https?:\/\//.test(host) ? host : `http://${host}`).replace(/\/+$/, '');
}

/**
 * The client of Cloud Storage, with the credentials that Google's libraries find; of another server, without credentials, where `STORAGE_EMULATOR_HOST` is set. The library is loaded here, which takes a
 * third of a second and which files of this machine don't need.
 *
 * @throws InputError where there are no credentials
 */
export async function openStorage(): Promise<Storage> {
  const endpoint = emulatorEndpoint();
  const key = endpoint ?? '';
  let client = clients.get(key);
  if (client === undefined) {
    const storage = newClient(endpoint);
    client = { storage, ready: endpoint === null ? storage.authClient.getClient() : Promise.resolve() };
    clients.set(key, client);
  }
  try {
    await client.ready;
  } catch (error) {
    throw noCredentials(error);
  }
  return client.storage;
}

function newClient(apiEndpoint: string | null): Storage {
  const { Storage } = require('@google-cloud/storage') as typeof import('@google-cloud/storage');
  const retryOptions = { autoRetry: true, maxRetries: RETRIES };
  const variable = process.env.STORAGE_EMULATOR_HOST;
  // Where the library finds the variable, it leaves the API's path out of every address.
  delete process.env.STORAGE_EMULATOR_HOST;
  try {
    return new Storage({ retryOptions, ...(apiEndpoint !== null && { apiEndpoint }) });
  } finally {
    if (variable !== undefined) process.env.STORAGE_EMULATOR_HOST = variable;
  }
}
