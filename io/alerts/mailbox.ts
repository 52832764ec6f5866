/** A mail server and addresses, as an address of the form `smtps://USER@HOST:PORT/?from=…&to=…` names them. */
import type { Mailbox } from './email';

/** A usual address, without a name before it: nothing in it can end a header or begin another recipient. */
const ADDRESS = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/;

/** @param refuse throws what is wrong, in words without the address */
export function mailboxOf(url: URL, password: string | null, refuse: (what: string) => never): Mailbox {
  const encrypted = url.protocol === 'smtps:';
  if (!encrypted && url.protocol !== 'smtp:')
    refuse('smtps:// was expected, or smtp:// for a server that offers STARTTLS');
  if (url.hostname === '') refuse('it names no mail server');
  if (url.password !== '')
    refuse('a password can’t stand in the address: put it into FUNNELPULSE_SMTP_PASSWORD');
  const unknown = [...url.searchParams.keys()].find((key) => !['from', 'to'].includes(key));
  if (unknown !== undefined || !['', '/'].includes(url.pathname))
    refuse('after the server only ?from=ADDRESS&to=ADDRESS was expected');
  const user = userOf(url, refuse);
  if (user !== null && password === null)
    refuse('a user was named and no password: put it into FUNNELPULSE_SMTP_PASSWORD');
  const to = url.searchParams.getAll('to').flatMap((list) => list.split(','));
  const froms = url.searchParams.getAll('from');
  const from = froms[0] ?? user ?? '';
  if (to.length === 0 || froms.length > 1 || ![from, ...to].every((address) => ADDRESS.test(address)))
    refuse('one ?from=ADDRESS and at least one &to=ADDRESS were expected, each like shop@example.org');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (encrypted ? 465 : 587) : Number(url.port),
    ...{ encrypted, user, password, from, to },
  };
}

function userOf({ username }: URL, refuse: (what: string) => never): string | null {
  try {
    return username === '' ? null : decodeURIComponent(username);
  } catch {
    return refuse('its user is not encoded as in addresses: write @ as %40 and % as %25');
  }
}
