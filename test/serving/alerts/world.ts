/** A made-up world of a few brands and hours for alerts: what is known of an hour changes while time goes on. */
import fc from 'fast-check';
import type { AnomalousHour, JudgedHour } from '../../../serving/questions/anomalous_hours';

export const HOUR = 3_600_000;
export const START = Date.parse('2026-01-01T00:00:00Z');

/** An hour of a brand: with too few views to judge, as usual, or anomalous. */
export type HourState =
  | { readonly is: 'unjudged' | 'usual' }
  | { readonly is: 'drop' | 'spike'; risk: number };

export const UNJUDGED: HourState = { is: 'unjudged' };
export const USUAL: HourState = { is: 'usual' };

export function drop(risk = 100): HourState {
  return { is: 'drop', risk };
}

/** Hours of brands from {@link START} on. */
export type Hours = Readonly<Record<string, readonly HourState[]>>;

/** What a look at the tables would find when so many hours are closed. */
export function lookAt(hours: Hours, closedHours: number) {
  const all = Object.entries(hours).flatMap(([brand, states]) =>
    states.slice(0, closedHours).map((state, at) => ({ brand, state, start: START + at * HOUR })),
  );
  const judged: JudgedHour[] = all
    .filter(({ state }) => state.is !== 'unjudged')
    .map(({ brand, start }) => ({ brand, window_start: start, views: 100, purchases: 5 }));
  const anomalous: AnomalousHour[] = all.flatMap(({ brand, state, start }) =>
    'risk' in state ? [anomalousHour(brand, start, state.is, state.risk)] : [],
  );
  const inTime = <T extends { window_start: number }>(rows: T[]): T[] =>
    rows.sort((a, b) => a.window_start - b.window_start);
  return {
    from: START,
    closed: START + closedHours * HOUR,
    anomalous: inTime(anomalous),
    judged: inTime(judged),
  };
}

/** @param risk whole units; its sign is that of a drop */
export function anomalousHour(
  brand: string,
  start: number,
  type: 'drop' | 'spike',
  risk: number,
): AnomalousHour {
  const sign = type === 'drop' ? 1 : -1;
  return {
    ...{ window_start: start, window_end: start + HOUR, brand, detector: 'zscore', anomaly_type: type },
    ...{ z_brand: -3 * sign, z_brand_hour: 0, expected_purchases: 10, views: 100, purchases: 10 - 5 * sign },
    revenue_at_risk: BigInt(sign * risk) * 10_000n,
  };
}

/** What is known of each hour, step by step, and how many hours are closed at each. At the last step nothing changes any more, and two days have passed. */
export interface History {
  readonly steps: readonly { readonly hours: Hours; readonly closedHours: number }[];
}

const STATE: fc.Arbitrary<HourState> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(UNJUDGED) },
  { weight: 3, arbitrary: fc.constant(USUAL) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 1000 }).map((risk): HourState => drop(risk)) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 1000 }).map((risk): HourState => ({ is: 'spike', risk })),
  },
);

const HOURS_OF_BRAND = 14;
const QUIET_TAIL = 48;

/** Hours that close one after the other; most stay as they were when they closed, some change once or twice in the next two hours of steps. */
export const HISTORY: fc.Arbitrary<History> = fc
  .record({
    brands: fc.uniqueArray(fc.constantFrom('uno', 'zoë', '__proto__', '<b>'), { minLength: 1, maxLength: 2 }),
    cells: fc.array(
      fc.record({
        state: STATE,
        later: fc.array(fc.record({ after: fc.integer({ min: 0, max: 4 }), state: STATE }), {
          maxLength: 2,
        }),
      }),
      { minLength: 2 * HOURS_OF_BRAND, maxLength: 2 * HOURS_OF_BRAND },
    ),
  })
  .map(({ brands, cells }) => {
    const closings = [
      ...Array.from({ length: HOURS_OF_BRAND + 4 }, (_, i) => i + 1),
      HOURS_OF_BRAND + QUIET_TAIL,
    ];
    const steps = closings.map((closedHours) => {
      const hours = Object.fromEntries(
        brands.map((brand, b) => [
          brand,
          Array.from({ length: HOURS_OF_BRAND }, (_, at) => {
            const { state, later } = cells[b * HOURS_OF_BRAND + at];
            const changes = later.filter(({ after }) => at + 1 + after <= closedHours);
            return changes.reduce((_, change) => change.state, state);
          }),
        ]),
      );
      return { hours: Object.assign(Object.create(null), hours), closedHours };
    });
    return { steps };
  });
