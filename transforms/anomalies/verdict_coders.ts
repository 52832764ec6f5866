/**
 * Anomaly rows on their way, as JSON without the names of their columns: a streaming run passes on a row for each hour, brand and pane, nearly all of them not open.
 */
import { type Coder, type Context, globalRegistry, type ProtoContext } from 'apache-beam/coders/coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Reader, Writer } from 'protobufjs';
import { readText, writeText } from '../../beam/json_coder';
import type { Column } from '../../schema/column';
import { type AnomalyRow, goldAnomaliesHourlyBrand } from '../../schema/tables';
import type { Verdicts } from './verdict_fn';

const COLUMNS = Object.entries<Column>(goldAnomaliesHourlyBrand.columns).map(([name, { type }]) => ({
  name: name as keyof AnomalyRow,
  isMoney: type === 'money',
}));

/** A row's values in the order of its columns; money, a bigint, as text. */
type Values = (string | number | boolean | null)[];

function valuesOf(row: AnomalyRow): Values {
  return COLUMNS.map(({ name, isMoney }) => {
    const value = row[name];
    return isMoney && value !== null ? String(value) : (value as Values[0]);
  });
}

function rowOf(values: Values): AnomalyRow {
  const row: Record<string, unknown> = {};
  for (let at = 0; at < COLUMNS.length; at++) {
    const { name, isMoney } = COLUMNS[at];
    const value = values[at];
    row[name] = isMoney && value !== null ? BigInt(value) : value;
  }
  return row as AnomalyRow;
}

/** Rows of an hour. */
export class AnomalyRowsCoder implements Coder<AnomalyRow[]> {
  static readonly URN = 'funnelpulse:coder:anomaly_rows:v1';
  readonly type = 'anomaly_rows';

  encode(rows: AnomalyRow[], writer: Writer, context: Context): void {
    writeText(JSON.stringify(rows.map(valuesOf)), writer, context);
  }

  decode(reader: Reader, context: Context): AnomalyRow[] {
    return (JSON.parse(readText(reader, context)) as Values[]).map(rowOf);
  }

  toProto(_context: ProtoContext): runnerApi.Coder {
    return { spec: { urn: AnomalyRowsCoder.URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

/** What is known of an hour's brands. */
export class VerdictsCoder implements Coder<Verdicts> {
  static readonly URN = 'funnelpulse:coder:verdicts:v1';
  readonly type = 'verdicts';

  encode(verdicts: Verdicts, writer: Writer, context: Context): void {
    const plain = verdicts.map(([, { latest, everOpen }]) => [everOpen, ...valuesOf(latest)]);
    writeText(JSON.stringify(plain), writer, context);
  }

  decode(reader: Reader, context: Context): Verdicts {
    const plain: [boolean, ...Values][] = JSON.parse(readText(reader, context));
    return plain.map(([everOpen, ...values]) => {
      const latest = rowOf(values);
      return [latest.brand, { latest, everOpen }];
    });
  }

  toProto(_context: ProtoContext): runnerApi.Coder {
    return { spec: { urn: VerdictsCoder.URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

globalRegistry().register(AnomalyRowsCoder.URN, AnomalyRowsCoder);
globalRegistry().register(VerdictsCoder.URN, VerdictsCoder);
