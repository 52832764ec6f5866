/** Dirty CSV files: what exports, editors, spreadsheets and crashes do to one. */
import { Dice } from './dice';
import { dirtyRecords } from './dirty_records';
import type { Texts } from './shop';

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
const OPTIONAL_COLUMNS = [
  'event_id',
  'currency',
  'page',
  'utm_source',
  'device_mobile',
  'geo_city',
  'ip',
] as const;
const BYTE_ORDER_MARK = '\ufeff';

interface Column {
  /** As it stands in the header. */
  readonly header: string;
  /** The field it holds; null for a column that no one asked for. */
  readonly field: keyof Texts | 'index' | null;
}

/** A file of about `rows` records (some of them on no line, or on two). The same for the same seed. */
export function dirtyCsv(seed: number, rows: number): Buffer {
  const dice = new Dice(seed ^ 0xc5f);
  const columns = columnsOf(dice);
  const lineEnds = dice.pick([['\n'], ['\r\n'], ['\n', '\r\n']]);
  const parts: Buffer[] = [];
  const add = (line: string | Buffer) => parts.push(Buffer.from(line), Buffer.from(dice.pick(lineEnds)));

  if (dice.percent(30)) parts.push(Buffer.from(BYTE_ORDER_MARK));
  add(columns.map(({ header }) => field(dice, header)).join(','));
  for (const [index, texts] of dirtyRecords(seed, rows).entries()) {
    if (dice.percent(1)) add(dice.pick(['', '', ' ', '\t', ' \t ']));
    const values = columns.map((column) => valueIn(dice, column, texts, index));
    add(dice.percent(3) ? broken(dice, values) : values.map((value) => field(dice, value)).join(','));
  }
  return withLastLine(dice, Buffer.concat(parts));
}

function columnsOf(dice: Dice): Column[] {
  let columns: Column[] = [...COLUMNS, ...OPTIONAL_COLUMNS.filter(() => dice.percent(50))].map((name) => ({
    header: dice.percent(10) ? dice.pick([name.toUpperCase(), ` ${name}`, `${name}\t`]) : name,
    field: name,
  }));
  if (dice.percent(40))
    columns.push({ header: dice.pick(['extra', 'Ünbekannt', 'extra, quoted', 'timestamp']), field: null });
  if (dice.percent(60)) columns = dice.shuffle(columns);
  // Of two columns of one name the first counts.
  if (dice.percent(20)) columns.push({ header: dice.pick(['brand', 'price', ' EVENT_TIME']), field: null });
  if (dice.percent(40)) columns.unshift({ header: '', field: 'index' });
  return columns;
}

function valueIn(dice: Dice, column: Column, texts: Texts, index: number): string {
  if (column.field === 'index') return String(index);
  if (column.field === null)
    return dice.pick(['', 'x', '2020-01-01 00:00:00 UTC', 'a "b" c', 'a,b', '99', '"']);
  return texts[column.field] ?? '';
}

/** A field as it may be written: quoted where it must be, and sometimes where it need not be. */
function field(dice: Dice, value: string): string {
  if (value.includes(',') || value.startsWith('"') || dice.percent(4))
    return `"${value.replaceAll('"', '""')}"`;
  return value;
}

/** A line that is no row of the file. */
function broken(dice: Dice, values: readonly string[]): string | Buffer {
  const fields = values.map((value) => field(dice, value));
  const at = dice.under(fields.length);
  switch (dice.under(10)) {
    case 0:
      return fields.slice(0, -1).join(',');
    case 1:
      return `${fields.join(',')},`;
    case 2:
      return `${fields.join(',')},one,two`;
    case 3:
      return fields.with(at, '"never closed').join(',');
    case 4:
      return fields.with(at, '"closed" and on').join(',');
    case 5:
      return fields.with(at, `"two\nlines"`).join(',');
    case 6:
      return fields.with(at, '"closed" ').join(',');
    case 7:
      return dice.pick(['"', '""', '"""', 'x', '\u0000\u0001\u0002', '-- end of export --']);
    case 8:
      return fields.with(at, '"odd"""').join(',').replace('"odd"""', '"odd""');
    default: {
      const invalid = dice.pick([
        [0xff],
        [0xc3],
        [0xc0, 0xaf],
        [0xed, 0xa0, 0x80],
        [0xf4, 0x90, 0x80, 0x80],
        [0x80],
      ]);
      const [left, right] = [fields.slice(0, at).join(','), fields.slice(at).join(',')];
      return Buffer.concat([
        Buffer.from(left),
        Buffer.from(left === '' ? [] : ','),
        Buffer.from(invalid),
        Buffer.from(right),
      ]);
    }
  }
}

/** The end of a file: whole, without its last line end, or torn in the middle of a record. */
function withLastLine(dice: Dice, file: Buffer): Buffer {
  const whole = dice.under(3);
  if (whole === 0) return file;
  let end = file.length;
  while (file[end - 1] === 10 || file[end - 1] === 13) end--;
  const start = file.lastIndexOf(10, end - 1) + 1;
  if (whole === 2) end = start + 1 + dice.under(end - start);
  return file.subarray(0, end);
}
