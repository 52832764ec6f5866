/** Incidents of a live shop by command: what somebody types, and what became of it. */
import { InputError } from '../../io/input_error';
import type { Incident, LiveShop } from '../../producers/shop';
import { parseDuration } from '../option_values';

export const COMMANDS = 'drop [BRAND] [DURATION], spike [BRAND] [DURATION], outage [DURATION], end';

/** An incident that was commanded; `end` is null while it goes on. */
export type LiveIncident = Omit<Incident, 'end'> & { readonly end: string | null };

export class LiveIncidents {
  /** All so far, in the order of their beginnings. */
  readonly all: LiveIncident[] = [];
  private endsAt = Number.POSITIVE_INFINITY;

  constructor(private readonly shop: LiveShop) {}

  /** Does what a line says, from the next second of the shop on; returns what to tell who typed it. An empty line is nothing. */
  obey(line: string): string {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === '') return '';
    if (word === 'end' && rest.length === 0) return this.end() ? 'the incident ends' : 'no incident goes on';
    if (word !== 'drop' && word !== 'spike' && word !== 'outage') return this.unknown(line);
    const duration = /^\d/.test(rest.at(-1) ?? '') ? rest.pop() : undefined;
    const brand = word === 'outage' ? null : (rest.shift() ?? this.shop.brands[0]);
    if (rest.length > 0) return this.unknown(line);
    if (brand !== null && !this.shop.brands.includes(brand))
      return `there is no brand ${brand}; the strongest are ${this.shop.brands.slice(0, 8).join(', ')}`;
    let ms = Number.POSITIVE_INFINITY;
    try {
      if (duration !== undefined) ms = parseDuration('', duration);
    } catch (error) {
      if (error instanceof InputError) return `${duration} is no duration: write 90s, 30m or 2h`;
      throw error;
    }
    this.end();
    const factor = this.shop.command(word, brand);
    this.endsAt = this.shop.time + ms;
    const start = iso(this.shop.time);
    this.all.push({ kind: word, brand, start, end: null, factor });
    return `${word}${brand === null ? '' : ` of ${brand}`} from ${start} until ${duration === undefined ? 'you type end' : iso(this.endsAt)}`;
  }

  /** Ends what is over by the shop's next second. Call it before each. */
  tick(): void {
    if (this.shop.time >= this.endsAt) this.end();
  }

  private end(): boolean {
    this.endsAt = Number.POSITIVE_INFINITY;
    const last = this.all.at(-1);
    if (last === undefined || last.end !== null) return false;
    this.shop.command(null);
    this.all[this.all.length - 1] = { ...last, end: iso(this.shop.time) };
    return true;
  }

  private unknown(line: string): string {
    return `${JSON.stringify(line.trim())} is no command. There are: ${COMMANDS}`;
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
