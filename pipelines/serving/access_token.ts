/** The token that questions are answered for, from the environment: on a command line everybody on the machine would see it. */
import { InputError } from '../../io/input_error';
import { LEAST_TOKEN } from '../../serving/api/token';

export const TOKEN_VARIABLE = 'FUNNELPULSE_TOKEN';

/** Whether only this machine can reach a server that listens there. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}

/**
 * The token, or null where none is set and none is needed.
 *
 * @throws {InputError} where it is needed or too short
 */
export function accessToken(host: string, given = process.env[TOKEN_VARIABLE]): string | null {
  if (given === undefined || given === '') {
    if (isLoopback(host)) return null;
    throw new InputError(
      `--host ${host}: others could ask, so a token is needed. Set ${TOKEN_VARIABLE} to at least ${LEAST_TOKEN} characters, of openssl rand -hex 24 say`,
    );
  }
  if (given.length < LEAST_TOKEN || /[^\x21-\x7e]/.test(given))
    throw new InputError(
      `${TOKEN_VARIABLE}: at least ${LEAST_TOKEN} characters were expected, of ASCII and without blanks, as openssl rand -hex 24 prints them`,
    );
  return given;
}
