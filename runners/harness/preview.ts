/** Says in a line which element was at work when something failed. */
import type { Instant, Window } from 'apache-beam/values';
import type { Element } from './elements';

const LONGEST_VALUE = 200;

/** The element's value as abbreviated JSON (byte arrays by their length), its window and its timestamp. */
export function describeElement(element: Element): string {
  const windows = element.windows.map(describeWindow).join(', ');
  return `${preview(element.value)} in ${windows} at ${describeInstant(element.timestamp)}`;
}

/** At most 200 characters that say what a value is; never runs its code, never walks more of it than it prints. */
export function preview(value: unknown): string {
  const text = abbreviate(value, LONGEST_VALUE, 0);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`;
}

function abbreviate(value: unknown, budget: number, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > budget ? `${value.slice(0, budget)}…` : value);
    case 'object':
      if (value === null) return 'null';
      if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
      if (depth >= 4) return '…';
      return Array.isArray(value) ? list(value, budget, depth) : fields(value, budget, depth);
    case 'function':
      return '<function>';
    default:
      return String(value);
  }
}

function list(values: unknown[], budget: number, depth: number): string {
  let text = '';
  for (const value of values) {
    if (text.length > budget) return `[${text},…]`;
    text += `${text === '' ? '' : ','}${abbreviate(value, budget - text.length, depth + 1)}`;
  }
  return `[${text}]`;
}

function fields(value: object, budget: number, depth: number): string {
  let text = '';
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (!descriptor.enumerable || !('value' in descriptor)) continue;
    if (text.length > budget) return `{${text},…}`;
    text += `${text === '' ? '' : ','}${name}:${abbreviate(descriptor.value, budget - text.length, depth + 1)}`;
  }
  return `{${text}}`;
}

function describeWindow(window: Window): string {
  const { start, end } = window as { start?: Instant; end?: Instant };
  return start === undefined || end === undefined
    ? 'the global window'
    : `[${describeInstant(start)}, ${describeInstant(end)})`;
}

/** ISO 8601 where a date can be made of it, else milliseconds. */
function describeInstant(instant: Instant): string {
  const ms = instant.toNumber();
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${instant} ms`;
}
