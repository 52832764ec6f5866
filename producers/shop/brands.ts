import { BRANDS, STRONG_BRANDS } from './profile';

/** A brand of the shop: an invented name and its weight among rows with a brand. */
export interface Brand {
  readonly name: string;
  readonly weight: number;
}

const HEADS = [
  'vel',
  'ori',
  'quen',
  'sab',
  'tum',
  'lir',
  'nox',
  'fay',
  'gru',
  'hes',
  'jol',
  'kip',
  'mav',
  'pry',
  'rud',
  'zeph',
];
const TAILS = [
  'mora',
  'unda',
  'ette',
  'ivo',
  'askel',
  'orin',
  'yara',
  'umi',
  'ibel',
  'onda',
  'erix',
  'alto',
  'enza',
  'oque',
  'ilan',
];

/** Invented, and spelt like real ones: most one word, some with a dot or a dash. No two are equal. */
function brandName(index: number): string {
  // 7 and 16 share no factor, nor do 16 and 15: every pair comes up once before any comes up twice.
  const head = HEADS[(index * 7) % HEADS.length];
  const tail = TAILS[(index * 7) % TAILS.length];
  if (index % 11 === 4) return `${head}.${tail}`;
  if (index % 13 === 6) return `${head}-${tail}`;
  if (index % 29 === 8) return `${head}.${tail}.co`;
  return head + tail;
}

/** All brands, strongest first: twenty as counted, then a tail that falls with the square of the rank. */
export function brands(): Brand[] {
  return Array.from({ length: BRANDS }, (_, index) => ({
    name: brandName(index),
    weight:
      index < STRONG_BRANDS.length ? STRONG_BRANDS[index] * 100 : Math.floor(10_570_000 / (index + 11) ** 2),
  }));
}
