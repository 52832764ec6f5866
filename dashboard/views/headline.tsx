/** The numbers one looks at first, and how they have changed. */
import { HEADLINE_FIGURES } from '../../serving/headline_figures';
import { changeText, periodText } from '../../serving/numbers';
import type { Sums } from './compared';

export function Headline({ data }: { readonly data: Sums }) {
  const { total, comparison } = data;
  return (
    <section aria-label="Headline">
      <dl class="cards">
        {HEADLINE_FIGURES.map(({ name, of, text }) => (
          <div class="card" key={name}>
            <dt>{name}</dt>
            <dd class="figure">{text(total)}</dd>
            {comparison === null ? null : (
              <Change before={of(comparison.sumBefore)} now={of(comparison.sumNow)} />
            )}
          </div>
        ))}
      </dl>
      <p class="faint">
        {comparison === null
          ? 'There are not two whole days to compare.'
          : `Changes are those of ${periodText(comparison.latest)} against ${periodText(comparison.before)}.`}{' '}
        Revenue is in the currency of the prices.
      </p>
    </section>
  );
}

function Change({ before, now }: { readonly before: number | null; readonly now: number | null }) {
  const text = changeText(before, now);
  const way = text.startsWith('+') ? 'up' : text.startsWith('−') ? 'down' : '';
  return <dd class={way}>{text === '–' ? 'nothing to compare' : text}</dd>;
}
