/** Whose numbers these are, the way to each view, and whether they are live. */
import type { Connection } from '../live';
import { VIEWS, type View } from '../location';
import { usePage } from '../page_context';
import { Link } from './link';
import { Name } from './name';

const NAMES: Readonly<Record<View, string>> = {
  overview: 'Overview',
  brand: 'Brands',
  anomalies: 'Anomalies',
  pipeline: 'Pipeline',
};

const STATES: Readonly<Record<Connection['state'], string>> = {
  connecting: 'Connecting',
  open: 'Live',
  lost: 'Not live',
  refused: 'Not live',
};

export function Header({ connection }: { readonly connection: Connection }) {
  const { place, coverage } = usePage();
  return (
    <header>
      <p class="source">
        <b>FunnelPulse</b> <Name text={coverage.source} />
        <span class={`state ${connection.state}`}>{STATES[connection.state]}</span>
      </p>
      <nav aria-label="Views">
        <ul>
          {VIEWS.map((view) => (
            <li key={view}>
              <Link to={{ ...place, view, anomaly: null }} isCurrent={view === place.view}>
                {NAMES[view]}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}
