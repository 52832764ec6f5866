/** Which days are shown: two dates, and the ranges that are asked for most. */
import type { Period } from '../../serving/questions/store';
import { dayOf } from '../location';
import { usePage } from '../page_context';
import { lastDays } from '../period';

const RANGES = [7, 30, 90] as const;

/** @param shown the days that are shown now; null where there are none */
export function PeriodFilter({ shown }: { readonly shown: Period | null }) {
  const { place, go, coverage } = usePage();
  const covered = coverage.days;
  if (covered === null) return null;
  const choose = (end: 'from' | 'to', input: HTMLInputElement): void => {
    // While a year is being typed it is one of long ago.
    if (input.validity.valid && dayOf(input.value) !== null) go({ ...place, [end]: input.value });
  };
  const from = place.from ?? shown?.since ?? covered.since;
  const to = place.to ?? shown?.until ?? covered.until;
  const day = (end: 'from' | 'to', name: string, value: string) => (
    <label>
      {name}
      <input
        type="date"
        min={covered.since}
        max={covered.until}
        value={value}
        onChange={(event) => choose(end, event.currentTarget)}
      />
    </label>
  );
  return (
    <fieldset>
      <legend>Days, UTC</legend>
      {day('from', 'From', from)}
      {day('to', 'To', to)}
      {RANGES.map((days) => (
        <button
          type="button"
          key={days}
          onClick={() => go({ ...place, from: lastDays(covered, days).since, to: null })}
        >
          Last {days}
        </button>
      ))}
      <button type="button" onClick={() => go({ ...place, from: covered.since, to: null })}>
        All
      </button>
    </fieldset>
  );
}
