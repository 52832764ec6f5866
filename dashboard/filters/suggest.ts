/** Names that a field may be completed to. */
import type { Period } from '../../serving/questions/store';
import { funnelTotals, topBrands } from '../api';
import type { Dimension } from '../location';

const MOST_SUGGESTIONS = 20;
/** Of categories and price bands there are few. */
const MOST_NAMES = 200;

export function suggestFrom(
  by: Dimension,
  period: Period | null,
): (prefix: string) => Promise<readonly string[]> {
  return async (prefix) => {
    if (period === null || by === 'shop') return [];
    const wanted = prefix.trim().toLowerCase();
    const { signal } = new AbortController();
    if (by === 'brand') {
      const { brands } = await topBrands(period, wanted, MOST_SUGGESTIONS, signal);
      return brands.map(({ key }) => key);
    }
    const all = await funnelTotals(by, period, MOST_NAMES, signal);
    return all
      .map(({ key }) => key)
      .filter((key) => key.startsWith(wanted))
      .slice(0, MOST_SUGGESTIONS);
  };
}
