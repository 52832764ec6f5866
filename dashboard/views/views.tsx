/** The view that the address names, with its title; who goes from one to another by keys or hears the page is taken along. */
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Place, View } from '../location';
import { usePage } from '../page_context';
import { shortName } from '../short_name';
import { Anomalies } from './anomalies';
import { Brand } from './brand';
import { Overview } from './overview';
import { Pipeline } from './pipeline';

const COMPONENTS: Readonly<Record<View, ComponentType>> = {
  overview: Overview,
  brand: Brand,
  anomalies: Anomalies,
  pipeline: Pipeline,
};

export function Views() {
  const { place } = usePage();
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = `${place.view} ${place.anomaly ?? ''}`;
  const before = useRef(shown);
  const title = titleOf(place);
  useEffect(() => {
    document.title = `${title} · FunnelPulse`;
  }, [title]);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    heading.current?.focus();
    scrollTo(0, 0);
  }, [shown]);
  const Shown = COMPONENTS[place.view];
  return (
    <main id="content" tabIndex={-1}>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      <Shown />
    </main>
  );
}

function titleOf({ view, brand, anomaly }: Place): string {
  if (view === 'overview') return 'Overview';
  if (view === 'brand') return brand === null ? 'Brands' : shortName(brand);
  if (view === 'anomalies') return anomaly === null ? 'Anomalies' : 'Anomaly';
  return 'Pipeline';
}
