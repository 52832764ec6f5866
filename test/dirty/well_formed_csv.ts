/** A CSV file with nothing to complain about but zero prices and duplicates: what plain SQL can read. */
import { Dice } from './dice';
import { shopEvents, type Texts } from './shop';

const COLUMNS = [
  'event_time',
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
] as const;

/** `rows` rows in order of time, deterministic for a seed. One in ten repeats an earlier one, some at another price, brand or category. */
export function wellFormedCsv(seed: number, rows: number): Buffer {
  const dice = new Dice(seed ^ 0x5eed);
  const lines: string[] = [COLUMNS.join(',')];
  const last: Texts[] = [];
  for (const { texts } of shopEvents(seed, rows)) {
    const row: Texts =
      last.length > 0 && dice.percent(10) ? repeated(dice, dice.pick(last.slice(-20))) : texts;
    if (dice.percent(1)) row.price = dice.pick(['0', '0.00', '-1.5']);
    last.push(row);
    lines.push(COLUMNS.map((column) => quoted(row[column] ?? '')).join(','));
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

function repeated(dice: Dice, texts: Texts): Texts {
  return {
    ...texts,
    ...dice.pick<Texts>([
      {},
      {},
      { price: '1.01' },
      { brand: 'Zebra' },
      { category_code: 'a.b' },
      { category_id: '7' },
    ]),
  };
}

function quoted(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
