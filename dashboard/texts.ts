/** Times, sizes and lengths of time as people read them, beside those of serving/numbers.ts. */

const NONE = '–';

/** A time of day with seconds, like `14:05:09 UTC`. @param at milliseconds since 1970 */
export function clockText(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}

/** How long something took or lasts, in its two largest units, like `2 h 5 min`. @param ms below zero counts as none */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (days > 0) return `${days.toLocaleString('en-US')} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}

/** Like `1.5 MiB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [value, unit] = [bytes, 0];
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024;
  return `${value.toLocaleString('en-US', { maximumFractionDigits: unit === 0 ? 0 : 1 })} ${units[unit]}`;
}

/** An event rate, like `1,234 /s`. */
export function rateText(perSecond: number): string {
  return `${perSecond.toLocaleString('en-US', { maximumFractionDigits: perSecond < 10 ? 1 : 0 })} /s`;
}

/** A stream that has seen nothing yet is at the year 1. */
export function hasBegun(watermark: number): boolean {
  return watermark >= Date.parse('0002-01-01T00:00:00Z');
}

export function orNone(text: string | null): string {
  return text ?? NONE;
}
