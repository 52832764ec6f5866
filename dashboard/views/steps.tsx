/** View → cart → purchase. */
import { countText, percentText } from '../../serving/numbers';
import { type Funnel, rate } from '../../serving/questions/funnel';

export function Steps({ funnel }: { readonly funnel: Funnel }) {
  const { views, carts, removals, purchases } = funnel;
  const widest = Math.max(views, carts, purchases, 1);
  const steps = [
    ['Views', views, ''],
    ['Carts', carts, `${percentText(rate(carts, views))} of views; ${countText(removals)} removed again`],
    [
      'Purchases',
      purchases,
      `${percentText(rate(purchases, carts))} of carts, ${percentText(rate(purchases, views))} of views`,
    ],
  ] as const;
  return (
    <section>
      <h2>Funnel</h2>
      <ol class="steps">
        {steps.map(([name, count, note]) => (
          <li key={name}>
            {name}: <b>{countText(count)}</b> <span class="faint">{note}</span>
            <i aria-hidden="true" style={{ width: `${((count / widest) * 100).toFixed(2)}%` }} />
          </li>
        ))}
      </ol>
    </section>
  );
}
