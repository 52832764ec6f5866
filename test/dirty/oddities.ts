/** Texts that are unusual and right, and texts that are wrong, by what is wrong with them. */

/** Ways to write an instant of whole seconds; most say the same as the plain form, some add a fraction. */
export const TIME_FORMS: readonly ((time: number) => string)[] = [
  (time) => iso(time),
  (time) => iso(time).replace('T', ' ').replace('Z', ''),
  (time) => iso(time).replace('T', 't').replace('Z', 'z'),
  (time) => `${iso(time).slice(0, 19)}+00:00`,
  (time) => `${iso(time + 3 * 3_600_000).slice(0, 19)}+03:00`,
  (time) => `${iso(time - 5 * 3_600_000).slice(0, 19)}-05`,
  (time) =>
    `${iso(time + 20_700_000)
      .slice(0, 19)
      .replace('T', ' ')}+0545`,
  (time) => `${iso(time).slice(0, 19)} UTC`,
  (time) => `${iso(time).slice(0, 19)}.1Z`,
  (time) => `${iso(time).slice(0, 19)},123456789Z`,
  (time) => `${iso(time).slice(0, 19)}.999999 UTC`,
  (time) => `${iso(time).slice(0, 16)}Z`,
];

/** Hours far from the others, and before 1970. */
export const FAR_TIMES = [
  '1969-12-31 23:59:59 UTC',
  '1969-12-31T23:59:59.999Z',
  '1970-01-01 00:00:00 UTC',
  '1583-02-28 12:30:00 UTC',
  '0001-01-01 00:00:00 UTC',
  '2000-02-29T23:59:59.5Z',
  '2038-01-19 03:14:08 UTC',
  '9999-12-31 23:59:59 UTC',
  '2019-10-01T00:30:00+01:00',
];

export const BAD_TIMES = [
  '2019-10-01',
  '2019-10-01 UTC',
  '2019-02-29 10:00:00 UTC',
  '1900-02-29 10:00:00 UTC',
  '2019-10-01 24:00:00 UTC',
  '2019-10-01 10:60:00 UTC',
  '2019-10-01 10:00:60 UTC',
  '2019-13-01 10:00:00 UTC',
  '2019-00-01 10:00:00 UTC',
  '2019-10-00 10:00:00 UTC',
  '0000-00-00 00:00:00 UTC',
  '2019-10-1 10:00:00 UTC',
  '2019-10-01 10:00:0x UTC',
  '2019-10-01 1:00:000 UTC',
  '2019-10-01 10.00.00 UTC',
  '2019/10/01 10:00:00 UTC',
  '2019-10-01 10:00:00 PST',
  '2019-10-01T10:00:00+24:00',
  '2019-10-01T10:00:00+01:60',
  '2019-10-01T10:00:00.Z',
  '-2019-10-01T10:00:00Z',
  '0000-01-01T00:30:00+01:00',
  '9999-12-31T23:30:00-01:00',
  '２０１９-10-01 10:00:00 UTC',
  '1569888000',
  '1569888000000',
  'yesterday',
  'null',
];

export const UNKNOWN_TYPES = [
  'wishlist',
  'viewed',
  'remove from cart',
  'vi ew',
  'cart,',
  '0',
  'ｖiew',
  'purchase\u00a0',
];

/** Right, and each worth another number of ten-thousandths than a careless reading gives. */
export const ODD_PRICES = [
  '+5.20',
  '.5',
  '7.',
  '00012.50',
  '3.00005',
  '2.99994999999999999999999',
  '2.99995',
  '9.99995',
  '29.99995',
  '0.00005',
  '1.00015',
  '1.00025',
  '8.12345000000000000000000000000000001',
  '1.23449999999999999999999999999999999',
  '999999999.9999',
  '999999999.99994',
  '123456789.0123',
  '0.1',
];

export const BAD_PRICES = [
  '1e3',
  '1E-2',
  '12,5',
  'abc',
  '.',
  '+',
  '-',
  '+.',
  '1.2.3',
  '--1',
  '1 000',
  '1_000',
  '0x10',
  'NaN',
  'Infinity',
  '$5',
  '１２',
  '1000000000',
  '999999999.99995',
  '-1000000000',
  '99999999999999999999999999',
];

export const NONPOSITIVE_PRICES = [
  '0',
  '0.0',
  '-0',
  '+0',
  '.0',
  '0.',
  '-1',
  '-.5',
  '0.00004',
  '-0.00004',
  '-12.34',
  '-999999999.9999',
  '0.00004999999',
];

/** Ids that stand as they are, and ids that lose a fraction of zeros. */
export const ODD_IDS = [
  '5773203.0',
  '5773203.000',
  '1.48758E+18',
  '1.48758e18',
  '1487580005134238553',
  '1487580005134238553.0',
  '9223372036854775808',
  '0.0',
  '007.0',
  '12.',
  '.0',
  '1.0.0',
  '-5.0',
  '+5.0',
  '1.50',
  '10',
  'abc.0',
  '٣.0',
  'a b',
];

export const ODD_BRANDS = [
  'RUNAIL',
  'Runail',
  '\u00a0runail',
  'F.O.X',
  'beauty, inc.',
  '"quoted"',
  'o2 "lab"',
  "l'or\u00e9al",
  'L’ORÉAL PARIS',
  'ÇİLEK',
  'ΣΊΣΥΦΟΣ',
  'STRAẞE',
  'Kérastase',
  'K\u0065\u0301rastase',
  '资生堂',
  'ｚｅｂｒａ',
  '😀 nails',
  '\u2028',
  '-',
  '.',
  'unknown',
  'UNKNOWN',
  'null',
  'x'.repeat(300),
];

export const ODD_CATEGORY_CODES = [
  'Apparel.Glove',
  'APPAREL.GLOVE',
  'furniture.living room.cabinet',
  'аксессуары.bag',
  'emoji😀.x',
  'İstanbul.shop',
  '.leading.dot',
  '.',
  'a..b',
  'no_dot-at_all',
  'a,b',
  'a/b.c',
  'UNKNOWN.x',
  'e\u0301.x',
];

/** White space that is trimmed. */
export const SPACES = [' ', '  ', '\t', ' \t ', '\v', '\f'];

export const CURRENCIES = ['EUR', 'eur', ' Eur', 'USD', 'usd', 'RUB'];

function iso(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
