/** Anomalies, one a row; each leads to its evidence. */
import { expectedConversion } from '../../serving/charts/brand_hours';
import { decimalText, hourText, moneyText, percentText } from '../../serving/numbers';
import type { Anomaly } from '../api';
import { usePage } from '../page_context';
import { Link } from '../parts/link';
import { NumberTable } from '../parts/number_table';

interface Props {
  readonly caption: string;
  readonly anomalies: readonly Anomaly[];
  readonly isBrandLeftOut?: boolean;
}

export function AnomalyTable({ caption, anomalies, isBrandLeftOut = false }: Props) {
  const { place } = usePage();
  const titles = ['Conversion', 'Expected', 'Score', 'Revenue at risk'];
  return (
    <NumberTable
      caption={caption}
      titles={['Hour', ...(isBrandLeftOut ? [] : ['Brand']), 'Type', ...titles]}
      rows={anomalies.map((anomaly) => [
        <Link key={anomaly.id} to={{ ...place, view: 'anomalies', anomaly: anomaly.id }}>
          {hourText(anomaly.window_start)}
        </Link>,
        ...(isBrandLeftOut ? [] : [anomaly.brand]),
        verdictOf(anomaly),
        ...[percentText(anomaly.conversion_rate), percentText(expectedConversion(anomaly))],
        ...[decimalText(anomaly.z_brand), moneyText(anomaly.revenue_at_risk)],
      ])}
    />
  );
}

/** What an anomaly is now: later data may have healed it. */
export function verdictOf({ status, anomaly_type }: Anomaly): string {
  return status === 'open' ? (anomaly_type ?? 'open') : 'retracted';
}
