/** A window's state as a checkpoint keeps it: one record for the window, and others for its contents, so that a value is written once. */
import type { SavedContents } from './window_contents';
import type { WindowState } from './window_state';

interface WindowRecord {
  readonly start: number;
  readonly lastMoment: number;
  /** Records of its contents; whether the first is an accumulator. */
  readonly records: number;
  readonly beginsWithAccumulator: boolean;
  readonly isEmpty: boolean;
  readonly isActive: boolean;
  readonly elementHold: number | null;
  readonly expiryHold: number | null;
  readonly pane: WindowState<unknown>['pane'];
  readonly finished: readonly number[];
  /** null for what is no number. */
  readonly numbers: readonly (number | null)[];
}

/** Key of a window's record, and with a number that of one of its contents'. */
export function recordKey(
  { key, window }: Pick<WindowState<unknown>, 'key' | 'window'>,
  number?: number,
): Uint8Array {
  return Buffer.from(JSON.stringify(number === undefined ? [key, window] : [key, window, number]), 'utf8');
}

export function parseRecordKey(bytes: Uint8Array): { key: string; window: string } {
  const [key, window] = JSON.parse(Buffer.from(bytes).toString('utf8')) as [string, string];
  return { key, window };
}

export function encodeWindow(state: WindowState<SavedContents>): Uint8Array {
  const { start, lastMoment, isEmpty, isActive, elementHold, expiryHold, pane, triggers } = state;
  const record: WindowRecord = {
    ...{ start, lastMoment, isEmpty, isActive, elementHold, expiryHold, pane },
    records: state.contents?.records ?? 0,
    beginsWithAccumulator: state.contents?.beginsWithAccumulator ?? false,
    finished: [...triggers.finished],
    numbers: [...triggers.numbers],
  };
  return Buffer.from(JSON.stringify(record), 'utf8');
}

/** Puts what a record says into a new state of the window; returns how many records there are to it. */
export function decodeWindow(
  bytes: Uint8Array,
  make: (start: number, lastMoment: number) => WindowState<unknown>,
): Pick<WindowRecord, 'records' | 'beginsWithAccumulator'> {
  const record = JSON.parse(Buffer.from(bytes).toString('utf8')) as WindowRecord;
  const state = make(record.start, record.lastMoment);
  state.isEmpty = record.isEmpty;
  state.isActive = record.isActive;
  state.elementHold = record.elementHold;
  state.expiryHold = record.expiryHold;
  state.pane = record.pane;
  state.triggers.finished.set(record.finished);
  state.triggers.numbers.set(record.numbers.map((number) => number ?? Number.NaN));
  return record;
}
