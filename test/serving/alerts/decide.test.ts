/** What is told of anomalies that come, worsen, end and heal: by example, and laws over random histories. */
import fc from 'fast-check';
import type { AlertStatement } from '../../../schema/alert';
import { type DecideRules, decide } from '../../../serving/alerts/decide';
import { newMemory } from '../../../serving/alerts/memory';
import { memoryOf, memoryText } from '../../../serving/alerts/memory_text';
import type { ToldEpisode } from '../../../serving/alerts/told';
import { drop, HISTORY, type History, HOUR, type Hours, lookAt, START, UNJUDGED, USUAL } from './world';

const ALL: DecideRules = { since: Number.NEGATIVE_INFINITY, minRevenueAtRisk: 0n };

/** Looks one after the other; between two looks the memory goes through its text, as in a restart. */
function told(
  looks: readonly { hours: Hours; closedHours: number }[],
  rules = ALL,
): { statements: AlertStatement[]; memory: readonly ToldEpisode[] } {
  const statements: AlertStatement[] = [];
  let memory: readonly ToldEpisode[] = [];
  let next = 1;
  for (const { hours, closedHours } of looks) {
    const decided = decide(lookAt(hours, closedHours), memory, rules, () => `e${next++}`);
    statements.push(...decided.statements);
    memory = memoryOf(memoryText({ ...newMemory('m'), told: decided.told })).told;
  }
  return { statements, memory };
}

function whatWasTold(looks: readonly { hours: Hours; closedHours: number }[], rules = ALL): string[] {
  return told(looks, rules).statements.map(
    ({ kind, episode: { status, brand, hours, from } }) =>
      `${brand} ${kind} ${status} ${hours} from ${(from - START) / HOUR}`,
  );
}

/** Looked at after each hour. */
function hourByHour(uno: Hours[string], hours = uno.length) {
  return Array.from({ length: hours }, (_, i) => ({ hours: { uno }, closedHours: i + 1 }));
}

const D = drop();

test('an incident of one hour: told when it is closed, and when two judged hours have followed', () => {
  expect(whatWasTold(hourByHour([USUAL, D, USUAL, USUAL]))).toEqual([
    'uno detected open 1 from 1',
    'uno recovered recovered 1 from 1',
  ]);
  expect(whatWasTold(hourByHour([USUAL, D, USUAL]))).toEqual(['uno detected open 1 from 1']);
});

test('an incident of sixteen hours is told of after 1, 2, 4, 8 and 16', () => {
  const hours = [...Array.from({ length: 16 }, () => D), USUAL, USUAL];
  expect(whatWasTold(hourByHour(hours))).toEqual([
    'uno detected open 1 from 0',
    ...[2, 4, 8, 16].map((many) => `uno worsened open ${many} from 0`),
    'uno recovered recovered 16 from 0',
  ]);
});

test('a revenue at risk that has doubled is told, of either sign', () => {
  const spike = (risk: number) => ({ is: 'spike' as const, risk });
  const twoHours = [D, D, USUAL, USUAL, USUAL, USUAL];
  const grown = [D, D, D, USUAL, USUAL, USUAL];
  const looks = [
    { hours: { uno: twoHours }, closedHours: 3 },
    { hours: { uno: grown }, closedHours: 3 },
    { hours: { uno: [D, D, drop(200), USUAL, USUAL] }, closedHours: 3 },
  ];
  expect(whatWasTold(looks)).toEqual(['uno detected open 2 from 0', 'uno worsened open 3 from 0']);
  expect(
    whatWasTold([
      { hours: { uno: [spike(10)] }, closedHours: 1 },
      { hours: { uno: [spike(19)] }, closedHours: 1 },
      { hours: { uno: [spike(20)] }, closedHours: 1 },
    ]),
  ).toEqual(['uno detected open 1 from 0', 'uno worsened open 1 from 0']);
});

test('one usual hour between is the same episode, two are not', () => {
  expect(whatWasTold(hourByHour([D, USUAL, D, USUAL, USUAL]))).toEqual([
    'uno detected open 1 from 0',
    'uno worsened open 2 from 0',
    'uno recovered recovered 2 from 0',
  ]);
  expect(whatWasTold(hourByHour([D, USUAL, USUAL, D]))).toEqual([
    'uno detected open 1 from 0',
    'uno recovered recovered 1 from 0',
    'uno detected open 1 from 3',
  ]);
});

test('hours with too few views say nothing, until there has been none to judge for a day', () => {
  const night = Array.from({ length: 9 }, () => UNJUDGED);
  expect(whatWasTold(hourByHour([D, ...night, D]))).toEqual([
    'uno detected open 1 from 0',
    'uno worsened open 2 from 0',
  ]);
  expect(whatWasTold(hourByHour([D], 24))).toHaveLength(1);
  expect(whatWasTold(hourByHour([D], 25))).toEqual([
    'uno detected open 1 from 0',
    'uno recovered recovered 1 from 0',
  ]);
});

test('drops and spikes of one brand are episodes of their own', () => {
  const spike = { is: 'spike' as const, risk: 5 };
  expect(whatWasTold(hourByHour([D, spike, spike]))).toEqual([
    'uno detected open 1 from 0',
    'uno detected open 1 from 1',
    'uno recovered recovered 1 from 0',
    'uno worsened open 2 from 1',
  ]);
});

test('later data heal one: it is taken back, once; if it comes again, that is said', () => {
  const [sick, healed] = [{ uno: [D, USUAL] }, { uno: [USUAL, USUAL] }];
  const at = (hours: Hours) => ({ hours, closedHours: 2 });
  expect(whatWasTold([at(sick), at(healed), at(healed), at(sick), at(healed)])).toEqual([
    'uno detected open 1 from 0',
    'uno retracted retracted 1 from 0',
    'uno reopened open 1 from 0',
    'uno retracted retracted 1 from 0',
  ]);
});

test('what was over and goes on by later data is told again', () => {
  const over = [D, USUAL, USUAL, USUAL];
  const longer = [D, D, D, USUAL];
  expect(
    whatWasTold([
      { hours: { uno: over }, closedHours: 3 },
      { hours: { uno: longer }, closedHours: 4 },
    ]),
  ).toEqual(['uno detected recovered 1 from 0', 'uno reopened open 3 from 0']);
});

test('what is over when it is first looked at is one message', () => {
  expect(whatWasTold([{ hours: { uno: [D, D, USUAL, USUAL, D, USUAL, USUAL] }, closedHours: 7 }])).toEqual([
    'uno detected recovered 2 from 0',
    'uno detected recovered 1 from 4',
  ]);
});

test('two that become one: the one that stands goes on, not the one that was taken back', () => {
  const at = (uno: Hours[string], closedHours: number) => ({ hours: { uno }, closedHours });
  const looks = [
    at([D, USUAL, USUAL, D], 3),
    at([D, USUAL, USUAL, D], 4),
    at([D, USUAL, USUAL, USUAL], 4),
    at([D, D, D, D], 4),
  ];
  const { statements, memory } = told(looks);
  expect(statements.map(({ kind, episode }) => [kind, episode.id])).toEqual([
    ['detected', 'e1'],
    ['detected', 'e2'],
    ['retracted', 'e2'],
    ['reopened', 'e1'],
  ]);
  expect(memory).toHaveLength(1);
});

test('history is not told, but what was told is followed', () => {
  const hours = [D, D, USUAL, USUAL, D, USUAL, USUAL];
  const since = { ...ALL, since: START + 3 * HOUR };
  expect(whatWasTold(hourByHour(hours), since)).toEqual([
    'uno detected open 1 from 4',
    'uno recovered recovered 1 from 4',
  ]);
  const { memory } = told(hourByHour(hours, 1));
  const later = decide(lookAt({ uno: hours }, 4), memory, since, () => 'x');
  expect(later.statements.map(({ kind, episode }) => [kind, episode.id])).toEqual([['recovered', 'e1']]);
});

test('an amount holds small ones back until they have grown, and those whose risk is unknown', () => {
  const rules = { ...ALL, minRevenueAtRisk: 250n * 10_000n };
  expect(whatWasTold(hourByHour([D, D, D, USUAL, USUAL]), rules)).toEqual([
    'uno detected open 3 from 0',
    'uno recovered recovered 3 from 0',
  ]);
  expect(whatWasTold(hourByHour([{ is: 'spike', risk: 250 }]), rules)).toHaveLength(1);
  const seen = lookAt({ uno: [D] }, 1);
  const unknown = { ...seen, anomalous: seen.anomalous.map((hour) => ({ ...hour, revenue_at_risk: null })) };
  expect(decide(unknown, [], rules, () => 'x').statements).toEqual([]);
  expect(decide(unknown, [], ALL, () => 'x').statements).toHaveLength(1);
});

test('tables that no longer reach back take nothing back', () => {
  const { memory } = told(hourByHour([USUAL, D]));
  const seen = { ...lookAt({ uno: [USUAL, USUAL, USUAL, USUAL, USUAL] }, 5), from: START + 2 * HOUR };
  const later = decide({ ...seen, judged: seen.judged.slice(2) }, memory, ALL, () => 'x');
  expect(later.statements.map(({ kind, episode }) => [kind, episode.hours])).toEqual([['recovered', 1]]);
});

test('a look at an earlier time says nothing of what is known of later', () => {
  const hours = { uno: [D, D, USUAL, USUAL] };
  const { memory } = told([{ hours, closedHours: 4 }]);
  expect(decide(lookAt(hours, 1), memory, ALL, () => 'x')).toEqual({ statements: [], told: memory });
});

/** A history with two choices of when it was looked at. */
const PLAYED = HISTORY.chain(({ steps }) =>
  fc.record({
    history: fc.constant<History>({ steps }),
    looks: fc.tuple(fc.subarray([...steps.keys()].slice(0, -1)), fc.subarray([...steps.keys()].slice(0, -1))),
  }),
);

function stepsOf({ steps }: History, looks: readonly number[]) {
  return [...looks, steps.length - 1].map((at) => steps[at]);
}

/** Each anomalous hour of the end, as `brand type hour`. */
function anomalousAtEnd({ steps }: History): string[] {
  const { hours, closedHours } = steps[steps.length - 1];
  return lookAt(hours, closedHours)
    .anomalous.map((hour) => `${hour.brand} ${hour.anomaly_type} ${hour.window_start}`)
    .sort();
}

const RUNS = { numRuns: 300 };

test('in the end each anomalous hour is in exactly one episode that stands, however often one looked', () => {
  fc.assert(
    fc.property(PLAYED, ({ history, looks }) => {
      const hours = anomalousAtEnd(history);
      for (const one of looks) {
        const { memory } = told(stepsOf(history, one));
        const standing = memory.filter(({ status }) => status !== 'retracted');
        expect(standing.filter(({ status }) => status !== 'recovered')).toEqual([]);
        const covered = standing.map(({ brand, type, from, to }) =>
          hours.filter((hour) => {
            const start = Number(hour.split(' ')[2]);
            return hour.startsWith(`${brand} ${type} `) && start >= from && start < to;
          }),
        );
        expect(covered.flat().sort()).toEqual(hours);
        // No episode stands without an hour, and none was last told of as half of what it is.
        for (const [at, own] of covered.entries()) {
          expect(own.length).toBeGreaterThan(0);
          expect(own.length).toBeLessThan(2 * standing[at].hours);
        }
      }
    }),
    RUNS,
  );
});

/** Which statement may follow which, by the status that was told last. */
const FOLLOWS: Readonly<Record<string, readonly string[]>> = {
  none: ['detected'],
  open: ['worsened', 'recovered', 'retracted'],
  recovered: ['worsened', 'reopened', 'retracted'],
  retracted: ['reopened'],
};

test('no statement comes twice, each follows from the one before, and looking again says nothing', () => {
  fc.assert(
    fc.property(PLAYED, ({ history, looks: [looks] }) => {
      const once = told(stepsOf(history, looks));
      const twice = told(stepsOf(history, looks).flatMap((step) => [step, step]));
      expect(twice.statements).toEqual(once.statements);
      const last = new Map<string, AlertStatement>();
      for (const one of once.statements) {
        const before = last.get(one.episode.id);
        expect(FOLLOWS[before?.episode.status ?? 'none']).toContain(one.kind);
        expect(one.number).toBe((before?.number ?? 0) + 1);
        if (one.kind === 'worsened') expect(one.episode.status).toBe(before!.episode.status);
        last.set(one.episode.id, one);
      }
      // What the last statement about each said is what is remembered, but for those that became part of another.
      for (const { id, status, statements } of once.memory)
        expect([last.get(id)!.episode.status, last.get(id)!.number]).toEqual([status, statements]);
      const remembered = new Set(once.memory.map(({ id }) => id));
      for (const [id, { episode }] of last) if (!remembered.has(id)) expect(episode.status).not.toBe('open');
    }),
    RUNS,
  );
});

test('messages are few: hours that stay as they closed are told of by doublings', () => {
  fc.assert(
    fc.property(HISTORY, ({ steps }) => {
      const { hours } = steps[steps.length - 1];
      const { statements } = told(steps.map(({ closedHours }) => ({ hours, closedHours })));
      const perEpisode = new Map<string, AlertStatement[]>();
      for (const one of statements)
        perEpisode.set(one.episode.id, [...(perEpisode.get(one.episode.id) ?? []), one]);
      for (const all of perEpisode.values()) {
        expect([all[0].kind, all[all.length - 1].kind]).toEqual(['detected', 'recovered']);
        const [first, final] = [all[0].episode, all[all.length - 1].episode];
        const growth = Math.max(
          Math.log2(final.hours / first.hours),
          Math.log2(Number(final.revenueAtRisk) / Number(first.revenueAtRisk)),
        );
        expect(all.length).toBeLessThanOrEqual(2 + 2 * growth);
      }
    }),
    RUNS,
  );
});
