/** A record of a CSV file as a JSON object: every column under its name, with its text as it stands. */
import { EVENT_FIELDS, type EventField } from '../../schema/events';
import { columnFields } from '../../transforms/parse/csv_splitter';

/** Where a field stands in a JSON record, if not under its own name. The parser of JSON records looks for it there. */
const NESTED: Partial<Record<EventField, readonly [string, string]>> = {
  utm_source: ['utm', 'source'],
  utm_medium: ['utm', 'medium'],
  utm_campaign: ['utm', 'campaign'],
  device_os: ['device', 'os'],
  device_mobile: ['device', 'mobile'],
  device_ua: ['device', 'ua'],
  geo_country: ['geo', 'country'],
  geo_city: ['geo', 'city'],
};

/** A column's place: its index, and `"name":` as it stands before its value. */
interface Place {
  readonly column: number;
  readonly label: string;
}

/**
 * Makes JSON objects of the records of files with certain columns. What a run reads from them is what it reads from the records themselves. A column of no event field keeps its name; one without a name, or
 * with a name that was there before, is left out, as a run does.
 */
export class CsvJson {
  private readonly plain: Place[] = [];
  private readonly nested = new Map<string, Place[]>();

  constructor(columns: readonly string[]) {
    const fields = columnFields(columns);
    const taken = new Set<string>();
    for (const field of fields) {
      if (field < 0) continue;
      const name = EVENT_FIELDS[field];
      taken.add(NESTED[name]?.[0] ?? name);
    }
    fields.forEach((field, column) => {
      const name = field < 0 ? columns[column].trim() : EVENT_FIELDS[field];
      const [group, inner] = (field < 0 ? undefined : NESTED[name as EventField]) ?? [];
      if (group !== undefined && inner !== undefined) {
        const places = this.nested.get(group) ?? [];
        places.push({ column, label: `${JSON.stringify(inner)}:` });
        this.nested.set(group, places);
      } else if (field >= 0 || (name !== '' && !taken.has(name))) {
        taken.add(name);
        this.plain.push({ column, label: `${JSON.stringify(name)}:` });
      }
    });
  }

  /** The object of a record, which is well-formed: as many fields as columns, quotes closed. */
  write(record: string): string {
    const fields = splitRecord(record);
    const members = this.plain.map(({ column, label }) => label + JSON.stringify(fields[column]));
    for (const [group, places] of this.nested) {
      const inner = places.map(({ column, label }) => label + JSON.stringify(fields[column]));
      members.push(`"${group}":{${inner.join()}}`);
    }
    return `{${members.join()}}`;
  }
}

/** Fields of a well-formed record, RFC 4180. */
function splitRecord(record: string): string[] {
  if (!record.includes('"')) return record.split(',');
  // With a comma before the first field every field begins with one, an empty first field too.
  return [...`,${record}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}
