/** The vocabulary of elements inside a bundle. Between fused steps they are these objects, never bytes. */

import { PaneInfoCoder } from 'apache-beam/coders/standard_coders';
import type { Instant, PaneInfo, Window, WindowedValue } from 'apache-beam/values';
import Long from 'long';

export type Element = WindowedValue<unknown>;

/** Beam's first moment: the timestamp of what has none. */
export const MIN_TIMESTAMP = Long.fromString('-9223372036854775');

/** What elements carry that come from no grouping: header byte first | last | UNKNOWN. */
export const NO_FIRING: PaneInfo = Object.freeze(
  PaneInfoCoder.INSTANCE.decode(readerOf(0b1111), null as never) as PaneInfo,
);

function readerOf(byte: number): never {
  return { buf: new Uint8Array([byte]), pos: 0, len: 1 } as never;
}

/** The same element with another value. */
export function withValue(element: Element, value: unknown): Element {
  return { value, windows: element.windows, timestamp: element.timestamp, pane: element.pane };
}

/** The same element in other windows. */
export function withWindows(element: Element, windows: Window[]): Element {
  return { value: element.value, windows, timestamp: element.timestamp, pane: element.pane };
}

/** The same element at another time. */
export function withTimestamp(element: Element, timestamp: Instant): Element {
  return { value: element.value, windows: element.windows, timestamp, pane: element.pane };
}
