/** Messages out of statements, the digest of too many, what is forgotten, and the memory's text. */
import fc from 'fast-check';
import type { AlertStatement } from '../../../schema/alert';
import { backoff } from '../../../serving/alerts/backoff';
import {
  type AlertMemory,
  bounded,
  forChannels,
  MOST_REMEMBERED,
  MOST_WAITING,
  newMemory,
  pruned,
  room,
  roomIn,
  settled,
  write,
} from '../../../serving/alerts/memory';
import { memoryOf, memoryText } from '../../../serving/alerts/memory_text';
import type { ToldEpisode } from '../../../serving/alerts/told';

function statement(id: string, risk: number | null): AlertStatement {
  return {
    ...{ kind: 'detected', number: 1 },
    episode: {
      ...{ id, status: 'open', brand: 'b', detector: 'zscore', type: 'drop', from: 0, to: 1, hours: 1 },
      ...{ views: 1, purchases: 0, expectedPurchases: null, z: -3 },
      revenueAtRisk: risk === null ? null : BigInt(risk),
      since: { hours: 0, views: 0, purchases: 0 },
    },
  };
}

const OPTIONS = { output: 'o', channels: ['slack', 'webhook'], limit: 3, now: 1_000_000 };

function idsOf({ outbox }: AlertMemory): string[][] {
  return outbox.map(({ message }) => message.statements.map(({ episode }) => episode.id));
}

test('each statement is a message, the largest revenue at risk first, of either sign', () => {
  const memory = write(
    newMemory('m'),
    [statement('a', -5), statement('b', null), statement('c', 3)],
    OPTIONS,
  );
  expect(idsOf(memory)).toEqual([['a'], ['c'], ['b']]);
  expect(memory.outbox.map(({ message: { id }, waiting }) => [id, waiting])).toEqual(
    ['a-1', 'c-1', 'b-1'].map((id) => [id, ['slack', 'webhook']]),
  );
});

test('what there is no room for is one digest; none is left out', () => {
  const five = [1, 2, 3, 4, 5].map((risk) => statement(`e${risk}`, risk));
  const memory = write(newMemory('m'), five, OPTIONS);
  expect(idsOf(memory)).toEqual([['e5'], ['e4'], ['e3', 'e2', 'e1']]);
  expect(room(memory, OPTIONS)).toBe(0);
  expect(roomIn(memory, OPTIONS.now + 20_000)).toBe(40_000);
  const more = write(memory, five, { ...OPTIONS, now: OPTIONS.now + 20_000 });
  expect(idsOf(more).slice(3)).toEqual([['e5', 'e4', 'e3', 'e2', 'e1']]);
  expect(new Set(more.outbox.map(({ message }) => message.id)).size).toBe(4);
  expect(room(more, { ...OPTIONS, now: OPTIONS.now + 60_000 })).toBe(2);
  // The clock was set back.
  expect(room(more, { ...OPTIONS, now: 0 })).toBe(3);
});

test('a digest of very many says how many it does not hold', () => {
  const many = Array.from({ length: 250 }, (_, i) => statement(`e${i}`, i));
  const { outbox } = write(newMemory('m'), many, { ...OPTIONS, limit: 1 });
  expect(outbox.map(({ message: { statements, omitted } }) => [statements.length, omitted])).toEqual([
    [100, 150],
  ]);
});

test('never more messages in a minute than the limit and digests, and every statement is in one', () => {
  const batches = fc.array(fc.record({ count: fc.nat(8), after: fc.nat(70_000) }), { maxLength: 20 });
  fc.assert(
    fc.property(batches, fc.integer({ min: 1, max: 5 }), (all, limit) => {
      let [memory, now, total] = [newMemory('m'), 0, 0];
      for (const { count, after } of all) {
        now += after;
        const statements = Array.from({ length: count }, (_, i) => statement(`${total + i}`, i));
        const before = memory.outbox.length;
        const free = room(memory, { limit, now });
        memory = write(memory, statements, { ...OPTIONS, limit, now });
        expect(memory.outbox.length - before).toBeLessThanOrEqual(Math.max(free, 1));
        total += count;
      }
      const told = idsOf(memory).flat().map(Number);
      expect(told.sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i));
      const ids = memory.outbox.map(({ message }) => message.id);
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});

test('a message waits for the channels that it has not reached', () => {
  const memory = write(newMemory('m'), [statement('a', 1), statement('b', 0)], OPTIONS);
  const once = settled(memory, 'a-1', 'slack');
  expect(once.outbox.map(({ waiting }) => waiting)).toEqual([['webhook'], ['slack', 'webhook']]);
  expect(settled(once, 'a-1', 'webhook').outbox).toHaveLength(1);
  expect(forChannels(once, ['slack']).outbox.map(({ message }) => message.id)).toEqual(['b-1']);
});

test('of too many messages that wait the latest stay', () => {
  const many = Array.from({ length: MOST_WAITING + 5 }, (_, i) => statement(`e${i}`, -i));
  const memory = write(newMemory('m'), many, { ...OPTIONS, limit: many.length });
  const [first, ...others] = idsOf(bounded(memory));
  expect([first, others.length + 1]).toEqual([idsOf(memory)[5], MOST_WAITING]);
});

test('what is over is forgotten, what is open is not', () => {
  const told = (id: string, to: number, status: ToldEpisode['status']): ToldEpisode => ({
    ...{ id, brand: 'b', detector: 'd', type: 'drop', status, hours: 1, revenueAtRisk: null },
    ...{ statements: 1, from: to - 1, to, closed: to },
  });
  const some = [told('old', 1, 'recovered'), told('open', 1, 'open'), told('new', 9, 'retracted')];
  expect(pruned({ ...newMemory('m'), told: some }, 5).told.map(({ id }) => id)).toEqual(['open', 'new']);
  const many = Array.from({ length: MOST_REMEMBERED }, (_, i) => told(`${i}`, i, 'recovered'));
  const kept = pruned({ ...newMemory('m'), told: [...many, told('open', 0, 'open')] }, -1).told;
  expect(kept).toHaveLength(MOST_REMEMBERED);
  expect([kept[0].id, kept.some(({ id }) => id === '0')]).toEqual(['open', false]);
});

test('a memory comes back from its text as it was', () => {
  const risk = fc.option(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }));
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), risk, (brand, revenueAtRisk) => {
      const one = statement('a', 1);
      const episode = { ...one.episode, brand, revenueAtRisk };
      const { since: _since, ...facts } = episode;
      const memory: AlertMemory = {
        ...write(newMemory('m'), [{ ...one, episode }], OPTIONS),
        told: [{ ...(facts as unknown as ToldEpisode) }],
      };
      expect(memoryOf(memoryText(memory))).toEqual(memory);
    }),
  );
});

test.each([
  '',
  '{',
  'null',
  '[]',
  '{"version":1}',
  '{"version":1,"id":"x","next":1,"told":{},"outbox":[],"recent":[]}',
])('the text %j is no memory', (text) => expect(() => memoryOf(text)).toThrow('it is no memory of alerts'));

test('a memory of a newer version is left alone', () => {
  expect(() => memoryOf('{"version":2}')).toThrow('it is of a newer version of funnelpulse');
});

test('waits double up to five minutes, spread, and never less than was asked for', () => {
  for (const random of [0, 0.5, 0.999]) {
    const waits = [1, 2, 3, 9, 10, 10_000].map(
      (failures) => backoff(failures, null, random) / (0.5 + random / 2),
    );
    expect(waits.map(Math.round)).toEqual([1000, 2000, 4000, 256_000, 300_000, 300_000]);
  }
  expect(backoff(1, 90_000, 0)).toBe(90_000);
  expect(backoff(10, 90_000, 0)).toBe(150_000);
  expect(backoff(1, Number.MAX_SAFE_INTEGER, 0)).toBe(3_600_000);
});
