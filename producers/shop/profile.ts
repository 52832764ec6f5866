/**
 * The real shop in numbers: what samples of a cosmetics shop's event history show (shares, quantiles and curves, all counted).
 * Everything the generator draws comes from tables expanded from these.
 */

/** Events by hour of day, UTC, in a month's random sample of 10,000. */
export const HOURS = [
  118, 97, 106, 134, 175, 227, 332, 434, 453, 549, 560, 604, 611, 580, 537, 528, 562, 578, 678, 654, 613, 447,
  270, 153,
];

/** Share of views among the rows, per mille; only used to say how many views an hour a brand will have. */
export const VIEWS_PER_MILLE = 440;

/** What a visit does, as bits; one of them alone or together. */
export const VIEWS = 1;
export const CARTS = 2;
export const REMOVALS = 4;
export const ORDER = 8;
/** A visit of one view, the most frequent kind. */
export const GLANCE = 16;

/** How many of 2,048 visits are of each kind; the rest are glances. */
export const VISIT_KINDS: readonly (readonly [kind: number, of2048: number])[] = [
  [VIEWS, 240],
  [VIEWS | CARTS, 178],
  [VIEWS | CARTS | REMOVALS, 141],
  [CARTS, 62],
  [REMOVALS, 30],
  [VIEWS | REMOVALS, 22],
  [CARTS | REMOVALS, 24],
  [VIEWS | CARTS | REMOVALS | ORDER, 35],
  [VIEWS | CARTS | ORDER, 17],
  [ORDER, 10],
  [CARTS | REMOVALS | ORDER, 6],
  [CARTS | ORDER, 5],
  [VIEWS | ORDER, 4],
  [REMOVALS | ORDER, 2],
  [VIEWS | REMOVALS | ORDER, 2],
];

/** Points (per mille, value) of a quantile function, linear in between. */
export type Quantiles = readonly (readonly [perMille: number, value: number])[];

/** Views of a visit that only looks, and looks more than once. */
export const BROWSED: Quantiles = [
  [0, 2],
  [480, 2],
  [500, 3],
  [680, 3],
  [750, 4],
  [850, 5],
  [900, 6],
  [950, 9],
  [980, 13],
  [990, 18],
  [1000, 60],
];
/** Views of a visit that also does something else. */
export const VIEWED: Quantiles = [
  [0, 1],
  [280, 1],
  [320, 2],
  [450, 2],
  [510, 3],
  [600, 3],
  [700, 5],
  [800, 7],
  [870, 10],
  [930, 15],
  [960, 22],
  [980, 28],
  [990, 36],
  [1000, 90],
];
export const CARTED: Quantiles = [
  [0, 1],
  [390, 1],
  [410, 2],
  [550, 2],
  [600, 3],
  [700, 4],
  [750, 5],
  [800, 6],
  [850, 8],
  [900, 11],
  [950, 19],
  [980, 32],
  [990, 47],
  [1000, 130],
];
/** Different removals; their duplicates come on top. */
export const REMOVED: Quantiles = [
  [0, 1],
  [290, 1],
  [310, 2],
  [430, 2],
  [460, 3],
  [600, 4],
  [700, 5],
  [800, 8],
  [880, 12],
  [940, 18],
  [970, 28],
  [990, 42],
  [1000, 110],
];
/** Rows of the largest order. */
export const MAX_ORDER = 69;
/** Purchases per 1,000 views; brands differ by a tenth. */
export const BOUGHT_PER_1000_VIEWS = 168;

/** Seconds from one event of a visit to the next, by what the next one is. The last is the longest pause there is. */
export const PAUSE_BEFORE_VIEW: Quantiles = [
  [0, 2],
  [50, 5],
  [100, 9],
  [200, 15],
  [300, 23],
  [400, 32],
  [500, 44],
  [600, 60],
  [700, 80],
  [800, 120],
  [900, 240],
  [950, 430],
  [980, 900],
  [1000, 3600],
];
export const PAUSE_BEFORE_CART: Quantiles = [
  [0, 1],
  [50, 1],
  [100, 3],
  [200, 5],
  [300, 8],
  [400, 14],
  [500, 22],
  [600, 33],
  [700, 50],
  [800, 78],
  [900, 145],
  [950, 250],
  [980, 550],
  [1000, 3000],
];
export const PAUSE_BEFORE_REMOVAL: Quantiles = [
  [0, 0],
  [250, 0],
  [300, 1],
  [550, 1],
  [600, 2],
  [700, 4],
  [800, 8],
  [880, 18],
  [930, 60],
  [970, 160],
  [990, 600],
  [1000, 3000],
];

/** Of 1,024 rows of a type, how many are written again in the same second, and perhaps again. */
export const REPEATED_REMOVALS = 226;
export const REPEATED_CARTS = 13;
export const REPEATED_PURCHASES = 1;

/** One order in so many has a voucher of a negative price. */
export const VOUCHERS = 2000;

/** Of 1,024 products drawn, how many are of the brand of the one before, within a visit. */
export const SAME_BRAND = 340;
/** Of 1,024 additions to a cart, how many are of the product last seen. */
export const SAME_PRODUCT = 280;

/** Prices of viewed products in cents. */
export const PRICES: Quantiles = [
  [0, 26],
  [10, 36],
  [50, 84],
  [100, 149],
  [200, 246],
  [250, 278],
  [300, 317],
  [400, 413],
  [500, 524],
  [600, 683],
  [700, 952],
  [750, 1159],
  [800, 1508],
  [900, 2698],
  [950, 5000],
  [980, 9571],
  [990, 13778],
  [1000, 32778],
];
/** How much more often a product is put in a cart than seen, by its price in cents: dear things are looked at. */
export const CARTED_PER_VIEW: readonly (readonly [below: number, weight: number])[] = [
  [79, 260],
  [149, 230],
  [270, 143],
  [413, 110],
  [524, 105],
  [683, 95],
  [952, 70],
  [1508, 52],
  [2698, 29],
  [5500, 20],
  [1e9, 15],
];

/** Shares of the twenty strongest brands among rows with a brand, in 1/10,000. */
export const STRONG_BRANDS = [
  1700, 800, 650, 550, 500, 320, 280, 260, 230, 210, 190, 180, 170, 160, 150, 145, 140, 130, 120, 115,
];
export const BRANDS = 240;
/** Rows without a brand, and rows with a category code, in 1/10,000. */
export const NO_BRAND = 4100;
export const WITH_CATEGORY_CODE = 205;
/** Rows of products given away, in 1/10,000. */
export const FREE = 20;
