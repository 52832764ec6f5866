import type { BigQuery, BigQueryOptions } from '@google-cloud/bigquery';
import { InputError } from '../input_error';

/** Host, or URL, of a server that stands in for BigQuery; undefined for Google's service. */
export function emulatorHost(): string | undefined {
  return process.env.BIGQUERY_EMULATOR_HOST || undefined;
}

/**
 * Host and port of a server that stands in for the Storage Write API; undefined for Google's.
 *
 * @throws {InputError} where only one of the two APIs has a stand-in, or the address is none
 */
export function storageEmulator(): { host: string; port: number } | undefined {
  const address = process.env.BIGQUERY_STORAGE_EMULATOR_HOST;
  if (!address) {
    if (emulatorHost() === undefined) return undefined;
    throw new InputError(
      'BIGQUERY_EMULATOR_HOST names an emulator of BigQuery, and a stream writes by its Storage Write API: name that one’s HOST:PORT in BIGQUERY_STORAGE_EMULATOR_HOST',
    );
  }
  const [, host, port] = /^\[?([^\]/]+?)\]?:(\d{1,5})$/.exec(address) ?? [];
  if (host === undefined)
    throw new InputError(`BIGQUERY_STORAGE_EMULATOR_HOST ${address}: HOST:PORT was expected`);
  return { host, port: Number(port) };
}

/**
 * A client of BigQuery that works in a project; of the stand-in where `BIGQUERY_EMULATOR_HOST` is set, without credentials. The library is loaded here, which takes half a second and which not every
 * command needs.
 */
export function openBigquery(projectId: string, host: string | undefined = emulatorHost()): BigQuery {
  const { BigQuery } = require('@google-cloud/bigquery') as typeof import('@google-cloud/bigquery');
  if (host === undefined) return new BigQuery({ projectId });
  const apiEndpoint = /^https?:\/\//.test(host) ? host.replace(/\/+$/, '') : `http://${host}`;
  // Without a client that signs requests the library ends the process when it uploads to an endpoint that isn't Google's.
  const options = { projectId, apiEndpoint, authClient: NO_CREDENTIALS, useAuthWithCustomEndpoint: true };
  const client = new BigQuery(options as unknown as BigQueryOptions);
  // The library takes the variable for the whole path, where other clients take it for the host.
  client.baseUrl = `${apiEndpoint}/bigquery/v2`;
  return client;
}

/**
 * Looks for credentials. Without any the library would send its first call unsigned, several times, and tell of what became of that.
 *
 * @throws what the library says of credentials that aren't there, or that nobody gives a token for
 */
export async function findCredentials(client: BigQuery): Promise<void> {
  await client.authClient.getAccessToken();
}

/** What the library asks of a client that signs requests. */
const NO_CREDENTIALS = {
  getRequestHeaders: async () => new Headers({ authorization: 'Bearer none' }),
  getAccessToken: async () => ({ token: 'none' }),
};
