/** There is nothing in the days that were chosen, or nothing at all yet. */
import { periodText } from '../../serving/numbers';
import { usePage } from '../page_context';

export function NoDays() {
  const { place, go, coverage } = usePage();
  if (coverage.days === null)
    return (
      <div class="notice">
        <h2>No events yet</h2>
        <p>
          {coverage.source} holds no events. Fill it:{' '}
          <code>funnelpulse run --input FILES --output OUTPUT</code> reads files, and a stream brings events
          as they come. This page shows them by itself when they are there.
        </p>
      </div>
    );
  const isReversed = place.from !== null && place.to !== null && place.from > place.to;
  return (
    <div class="notice">
      <h2>No events in these days</h2>
      <p>
        {isReversed ? 'The first day is after the last one. ' : ''}There are events from{' '}
        {periodText(coverage.days)}.
      </p>
      <button type="button" onClick={() => go({ ...place, from: null, to: null })}>
        Show the latest days
      </button>
    </div>
  );
}
