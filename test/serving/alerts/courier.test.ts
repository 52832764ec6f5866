/** One channel's messages: in order, once, again while it fails, and not for longer than one has time. */
import type { AlertMessage, Delivery } from '../../../schema/alert';
import { Courier, STALE_MS } from '../../../serving/alerts/courier';
import { ScriptedChannel } from './scripted_channel';

const FAILED: Delivery = { outcome: 'failed', reason: 'nobody listens there', afterMs: null };
const SENT: Delivery = { outcome: 'sent' };
const NOW = 10 * STALE_MS;

function message(id: string, at = NOW): AlertMessage {
  return { id, output: 'o', at, statements: [], omitted: 0 };
}

/** A courier over a list of messages; waits are noted and not waited for. */
function courier(
  messages: AlertMessage[],
  answer?: (message: AlertMessage, attempt: number) => Delivery | Promise<Delivery>,
  settle: (id: string) => Promise<void> = async () => {},
) {
  const channel = new ScriptedChannel('slack', answer);
  const [said, pauses]: [string[], number[]] = [[], []];
  const one = new Courier(channel, {
    waiting: () => messages,
    settle: async (id) => {
      await settle(id);
      messages.splice(
        messages.findIndex((each) => each.id === id),
        1,
      );
    },
    say: (line) => said.push(line),
    now: () => NOW,
    pause: async (milliseconds) => void pauses.push(milliseconds),
  });
  return { channel, said, pauses, courier: one };
}

test('in order, and what comes later when it is woken', async () => {
  const messages = [message('a'), message('b')];
  const { courier: one, channel } = courier(messages);
  one.start();
  await channel.has(2);
  messages.push(message('c'));
  one.wake();
  await channel.has(3);
  await one.stop(1000);
  expect(channel.attempts).toEqual(['a', 'b', 'c']);
});

test('a channel that fails gets the same message again, later each time; two lines are said', async () => {
  const {
    courier: one,
    channel,
    said,
    pauses,
  } = courier([message('a'), message('b')], (_, attempt) =>
    attempt <= 4 ? { ...FAILED, afterMs: attempt === 4 ? 60_000 : null } : SENT,
  );
  one.start();
  await channel.has(2);
  await one.stop(1000);
  expect(channel.attempts).toEqual(['a', 'a', 'a', 'a', 'a', 'b']);
  expect(said).toEqual(['slack: nobody listens there; trying again', 'slack: works again']);
  expect(pauses.map((pause, i) => pause >= 500 * 2 ** i && pause <= 1000 * 2 ** i)).toEqual([
    ...[true, true, true, false],
  ]);
  expect(pauses[3]).toBe(60_000);
});

test('what is refused is said once, holds nobody up, and stays for the next start', async () => {
  const messages = [message('a'), message('b')];
  const {
    courier: one,
    channel,
    said,
  } = courier(messages, ({ id }) =>
    id === 'a' ? { outcome: 'refused', reason: 'it answered 404 Not Found' } : SENT,
  );
  one.start();
  await channel.has(1);
  await one.stop(1000);
  expect(channel.attempts).toEqual(['a', 'b']);
  expect(said).toEqual([
    'slack: refused a message, it answered 404 Not Found. It is tried again at the next start',
  ]);
  expect(messages.map(({ id }) => id)).toEqual(['a']);
});

test('what is a day old is no news', async () => {
  const { courier: one, channel, said } = courier([message('old', NOW - STALE_MS - 1), message('new')]);
  one.start();
  await channel.has(1);
  await one.stop(1000);
  expect([channel.attempts, said]).toEqual([
    ['new'],
    ['slack: gave a message up that could not be sent for a day'],
  ]);
});

test('what was sent and can’t be remembered is not sent again', async () => {
  const {
    courier: one,
    channel,
    said,
  } = courier([message('a'), message('b')], undefined, async (id) => {
    if (id === 'a') throw new Error('no space left on the device');
  });
  one.start();
  await channel.has(2);
  await one.stop(1000);
  expect(channel.attempts).toEqual(['a', 'b']);
  expect(said).toEqual(['slack: no space left on the device']);
});

test('at the end a channel that hangs is waited for no longer than there is time', async () => {
  const messages = [message('a')];
  const { courier: one, channel } = courier(messages, () => new Promise(() => {}));
  one.start();
  const start = Date.now();
  await one.stop(200);
  expect(Date.now() - start).toBeLessThan(2000);
  expect([channel.attempts, messages.length]).toEqual([['a'], 1]);
});

test('at the end what waits is sent, and nothing is waited for when nothing waits', async () => {
  const { courier: one, channel } = courier([message('a')]);
  one.start();
  await one.stop(60_000);
  expect(channel.attempts).toEqual(['a']);
});
