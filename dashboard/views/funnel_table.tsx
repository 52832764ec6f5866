/** A table of the funnel with a row for each name. */
import { countText, moneyText, percentText } from '../../serving/numbers';
import { conversionOf, rate } from '../../serving/questions/funnel';
import type { KeyedFunnel } from '../../serving/questions/totals';
import { usePage } from '../page_context';
import { Link } from '../parts/link';
import { Name } from '../parts/name';
import { NumberTable } from '../parts/number_table';

interface Props {
  /** What the rows are, the title of the first column. */
  readonly of: string;
  readonly caption: string;
  readonly lines: readonly KeyedFunnel[];
  /** Whether names lead to the brand's own view. */
  readonly isBrands?: boolean;
}

export function FunnelTable({ of, caption, lines, isBrands = false }: Props) {
  const { place } = usePage();
  return (
    <NumberTable
      caption={caption}
      isCaptionUnseen
      titles={[of, 'Views', 'Carts', 'Purchases', 'Revenue', 'View to cart', 'Conversion']}
      rows={lines.map((line) => [
        isBrands ? (
          <Link to={{ ...place, view: 'brand', brand: line.key, anomaly: null }}>
            <Name text={line.key} />
          </Link>
        ) : (
          line.key
        ),
        ...[countText(line.views), countText(line.carts), countText(line.purchases)],
        ...[moneyText(line.revenue), percentText(rate(line.carts, line.views))],
        percentText(conversionOf(line)),
      ])}
    />
  );
}
