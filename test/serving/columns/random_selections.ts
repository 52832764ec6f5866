/** Selections of all kinds, whose order leaves no ties. */
import fc from 'fast-check';
import { type Column, moneyDecimal } from '../../../schema/column';
import type { Table } from '../../../schema/table';
import type { Field, Filter, Order, Selection } from '../../../serving/questions/selection';
import type { AnyRow } from './column_blocks';
import { someAmount, someCount, someDay, someText, someTime } from './random_rows';

type Orderable = Order['type'];
const ORDERABLE: readonly string[] = ['text', 'date', 'timestamp', 'money', 'int64'];

/** A selection, and which of its rows a page begins behind, if it is not the first. */
export interface Asked {
  readonly selection: Selection;
  readonly behind: number | null;
}

export function someSelection(table: Table, rows: readonly AnyRow[]): fc.Arbitrary<Asked> {
  return fc.boolean().chain((isGrouped) => {
    const fields = isGrouped ? someGrouped(table) : someUngrouped(table);
    return fields.chain(({ fields, by }) =>
      fc.record({
        behind: fc.option(fc.nat(1000)),
        selection: fc
          .record({
            where: fc.oneof(
              { weight: 2, arbitrary: fc.constant([]) },
              { weight: 1, arbitrary: fc.array(someFilter(table.columns, rows), { maxLength: 3 }) },
            ),
            order: someOrder(fields),
            only: fc.oneof(
              { weight: 4, arbitrary: fc.constant([]) },
              { weight: 1, arbitrary: someOnly(fields, rows) },
            ),
            most: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
          })
          .map(({ most, ...rest }) => ({
            table,
            fields,
            ...rest,
            ...(by === undefined ? {} : { by }),
            ...(most === undefined ? {} : { most }),
          })),
      }),
    );
  });
}

interface Shape {
  readonly fields: Readonly<Record<string, Field>>;
  readonly by?: readonly string[];
}

const counted = (take: 'place' | 'total' | 'rows'): Field => ({ take, from: '', column: column('int64') });
const column = (type: Column['type'], nullable = false): Column => ({ type, nullable, description: '' });

/** Places and totals, or none of them. */
const someCounted = fc
  .subarray(['place', 'total'] as const)
  .map((takes) => Object.fromEntries(takes.map((take) => [take, counted(take)])));

function someUngrouped(table: Table): fc.Arbitrary<Shape> {
  const names = Object.keys(table.columns);
  return fc.tuple(fc.subarray(names), someCounted, fc.boolean()).map(([some, counts, hasNothing]) => {
    const shown = names.filter((name) => table.key.includes(name) || some.includes(name));
    const nothing: Field = { take: 'nothing', from: '', column: column('timestamp', true) };
    return {
      fields: {
        ...Object.fromEntries(shown.map((name) => [name, ownValue(table, name)])),
        ...counts,
        ...(hasNothing ? { nothing } : {}),
      },
    };
  });
}

function someGrouped(table: Table): fc.Arbitrary<Shape> {
  const names = Object.keys(table.columns);
  const ofTypes = (...types: string[]) => names.filter((name) => types.includes(table.columns[name].type));
  const taken = (take: Field['take'], from: readonly string[]) =>
    fc.subarray([...from], { maxLength: Math.min(3, from.length) }).map((some) =>
      // Amounts are what is hard to add up.
      [...new Set([...some, ...from.filter((name) => table.columns[name].type === 'money')])].map(
        (name): [string, Field] => {
          const { type } = table.columns[name];
          return [
            `${take}_${name}`,
            { take, from: name, column: take === 'missing' ? column('int64') : column(type, true) },
          ];
        },
      ),
    );
  const by = fc.subarray(ofTypes(...ORDERABLE), { maxLength: 3 });
  return fc
    .tuple(
      by,
      someCounted,
      taken('sum', ofTypes('int64', 'money')),
      taken('least', ofTypes(...ORDERABLE, 'boolean', 'double')),
      taken('most', ofTypes(...ORDERABLE, 'boolean', 'double')),
      taken('missing', names),
    )
    .map(([by, counts, ...some]) => ({
      by,
      fields: {
        ...Object.fromEntries(by.map((name) => [name, ownValue(table, name)])),
        rows: counted('rows'),
        ...Object.fromEntries(some.flat()),
        ...counts,
      },
    }));
}

function ownValue(table: Table, name: string): Field {
  return { take: 'value', from: name, column: table.columns[name] };
}

function someOrder(fields: Shape['fields']): fc.Arbitrary<Order[]> {
  const names = Object.keys(fields).filter(
    (name) =>
      !['place', 'total', 'nothing'].includes(fields[name].take) &&
      ORDERABLE.includes(fields[name].column.type),
  );
  return fc
    .tuple(fc.shuffledSubarray(names, { minLength: names.length }), fc.infiniteStream(fc.boolean()))
    .map(([order, directions]) =>
      order.map((field) => {
        const descending = directions.next().value;
        return {
          field,
          type: fields[field].column.type as Orderable,
          ...(descending ? { descending } : {}),
        };
      }),
    );
}

function someOnly(fields: Shape['fields'], rows: readonly AnyRow[]): fc.Arbitrary<Filter[]> {
  const columns = Object.fromEntries(
    Object.entries(fields)
      .filter(([, { take }]) => take !== 'total' && take !== 'nothing')
      .map(([name, field]) => [name, field.column]),
  );
  return fc.array(someFilter(columns, rows), { minLength: 1, maxLength: 2 });
}

function someFilter(
  columns: Readonly<Record<string, Column>>,
  rows: readonly AnyRow[],
): fc.Arbitrary<Filter> {
  const names = Object.keys(columns).filter((name) => ORDERABLE.includes(columns[name].type));
  return fc.constantFrom(...names).chain((name): fc.Arbitrary<Filter> => {
    const { type } = columns[name];
    const known = rows.flatMap((row) => (row[name] === null || row[name] === undefined ? [] : [row[name]]));
    const value = given(type as Orderable, known);
    const bound = fc
      .subarray(['from', 'below', 'until'] as const, { minLength: 1, maxLength: 2 })
      .chain((bounds) =>
        fc.record(Object.fromEntries(bounds.map((each) => [each, value])) as Record<string, typeof value>),
      )
      .map((bounds) => ({ column: name, ...bounds }) as Filter);
    const except = value.map((each): Filter => ({ column: name, except: each }));
    if (type !== 'text') return fc.oneof({ weight: 4, arbitrary: bound }, { weight: 1, arbitrary: except });
    return fc.oneof(
      bound,
      except,
      fc.array(value as fc.Arbitrary<string>, { maxLength: 6 }).map((among) => ({ column: name, among })),
      fc.constantFrom('', 'a', '\u{1f600}', '\uD83D', '\uFFFD').map((begins) => ({ column: name, begins })),
    );
  });
}

/** Values that rows have, and others, as filters are given them. */
function given(type: Orderable, known: readonly unknown[]): fc.Arbitrary<string | number> {
  const made: fc.Arbitrary<unknown> = {
    text: fc.oneof(someText, fc.constantFrom('\uD83D', 'a\uDE00')),
    date: someDay,
    timestamp: someTime,
    money: someAmount,
    int64: someCount,
  }[type];
  const value = known.length === 0 ? made : fc.oneof(made, fc.constantFrom(...known));
  return value.map((each) => (typeof each === 'bigint' ? moneyDecimal(each) : (each as string | number)));
}
