import { REJECT_REASONS } from '../../schema/events';
import type { HourRows } from '../clean/batch_builder';
import type { Reject } from './reject';
import type { RangeRejects, Tally } from './tally';

/** Where a rejected record stands, what it is and what is wrong with it. */
export type RejectedRecord = Omit<Reject, 'reason'> & { readonly reason: number };

/** What a parser has to say of the range at hand beside its batches: what was read and rejected. */
export class RangeBooks {
  /** Lines of the range so far. */
  lines = 0;
  /** Messages whose timestamp and data name times more than a minute apart. */
  apart = 0;
  private rejects: Reject[] = [];
  private readonly hours = new Map<number, [read: number, rejected: number]>();
  private unknown: [read: number, rejected: number] = [0, 0];
  private redriven: Tally['redriven'] = [];

  /** Takes what an hour's rows have counted. */
  addHour({ hour, read, rejected }: HourRows): void {
    const before = this.hours.get(hour) ?? [0, 0];
    this.hours.set(hour, [before[0] + read, before[1] + rejected]);
  }

  /** Takes a rejected record. `hour`: that of its time, which has counted it then; undefined where the time can't be used. */
  reject(record: RejectedRecord, hour: HourRows | undefined): void {
    if (hour === undefined) {
      this.unknown[0]++;
      this.unknown[1]++;
    }
    this.rejects.push({ ...record, reason: REJECT_REASONS[record.reason] });
  }

  /** Takes a message that was sent again from the dead letters. */
  redrive(hour: HourRows | undefined, identity: string): void {
    this.redriven.push([hour?.hour ?? null, identity]);
  }

  /** Ends the range: its tally and its rejects. Begins the next one. */
  end(source: string, rangeStart: number, currencies: string[]): { tally: Tally; rejects: RangeRejects } {
    const hours = [...this.hours].map(([hour, counts]): Tally['hours'][0] => [hour, ...counts]);
    const tally: Tally = { hours, unknown: this.unknown, redriven: this.redriven, currencies };
    const rejects: RangeRejects = { source, rangeStart, lines: this.lines, rejects: this.rejects };
    this.hours.clear();
    this.unknown = [0, 0];
    this.redriven = [];
    this.apart = 0;
    this.lines = 0;
    this.rejects = [];
    return { tally, rejects };
  }
}
