/** What `--alert` names: a kind of channel and its address. Addresses can be secrets: no message here repeats one. */
import type { AlertChannel } from '../../schema/alert';
import { InputError } from '../input_error';
import { emailChannel } from './email';
import { isLoopback } from './loopback';
import { mailboxOf } from './mailbox';
import { slackChannel } from './slack';
import { webhookChannel } from './webhook';

/** Environment variables that hold what is not to stand on a command line. */
export const WEBHOOK_SECRET = 'FUNNELPULSE_WEBHOOK_SECRET';
export const SMTP_PASSWORD = 'FUNNELPULSE_SMTP_PASSWORD';

type Environment = Readonly<Record<string, string | undefined>>;
type Kind = 'slack' | 'webhook' | 'email';

const FORMS: Readonly<Record<Kind, string>> = {
  slack: 'slack:https://hooks.slack.com/services/…',
  webhook: 'webhook:https://HOST/PATH',
  email: 'email:smtps://USER@HOST/?from=ADDRESS&to=ADDRESS',
};

/**
 * The channels that were named, in their order. The second of a kind is called `slack 2`: by these names the memory knows what is still to be sent where.
 *
 * @throws {InputError} about the first that can't be taken
 */
export function alertChannels(option: string, texts: readonly string[], env: Environment): AlertChannel[] {
  const counts = new Map<Kind, number>();
  const known = new Set<string>();
  return texts.map((text) => {
    const [, kind, rest] = /^(slack|webhook|email):(.*)$/s.exec(text) ?? [];
    if (kind === undefined)
      throw new InputError(
        `--${option}: ${Object.values(FORMS).join(', ')} or KIND:env:NAME was expected, where the variable NAME holds the address`,
      );
    const count = (counts.get(kind as Kind) ?? 0) + 1;
    counts.set(kind as Kind, count);
    const name = count === 1 ? kind : `${kind} ${count}`;
    const { url, given } = addressOf(option, kind as Kind, rest, env);
    const address = `${kind} ${url}`;
    if (known.has(address)) throw new InputError(`${given} is given twice: give it once`);
    known.add(address);
    return channelOf(kind as Kind, url, name, given, env);
  });
}

/** The address, and the option as messages show it. */
function addressOf(
  option: string,
  kind: Kind,
  rest: string,
  env: Environment,
): { readonly url: URL; readonly given: string } {
  const variable = /^env:(.*)$/s.exec(rest)?.[1];
  const given = `--${option} ${kind}:${variable === undefined ? '…' : `env:${variable}`}`;
  if (variable !== undefined && !env[variable])
    throw new InputError(`${given}: the environment variable ${variable} is not set. Set it to the address`);
  const address = (variable === undefined ? rest : (env[variable] ?? '')).trim();
  if (!URL.canParse(address)) throw new InputError(`${given}: an address like ${FORMS[kind]} was expected`);
  return { url: new URL(address), given };
}

function channelOf(kind: Kind, url: URL, name: string, given: string, env: Environment): AlertChannel {
  const refuse = (what: string): never => {
    throw new InputError(`${given}: ${what}`);
  };
  if (kind === 'email') return emailChannel(name, mailboxOf(url, env[SMTP_PASSWORD] ?? null, refuse));
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    refuse('an address that begins with https:// was expected; http:// can be had on this machine only');
  if (url.username !== '' || url.password !== '')
    refuse('user and password can’t stand in the address; put a token into its path, or check the signature');
  return kind === 'slack' ? slackChannel(name, url) : webhookChannel(name, url, env[WEBHOOK_SECRET] || null);
}
