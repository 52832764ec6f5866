/** A selection as one SELECT. */
import { type Column, type ColumnType, moneyDecimal } from '../../schema/column';

import type { Question } from '../../schema/question';
import type { Field, Fields, Filter, FilterValue, Order, Position, Selection } from './selection';

/** What stores write differently in SQL. */
export interface QuestionDialect {
  /** A table or view by its full name. */
  readonly table: (name: string) => string;
  /** A column whose name may be a word of SQL. */
  readonly column: (name: string) => string;
  /** A parameter that is a text, or a whole number. */
  readonly parameter: (name: string) => string;
  /** A parameter that is a UTC day, `YYYY-MM-DD`. */
  readonly date: (name: string) => string;
  /** A parameter that is a time in milliseconds since 1970. */
  readonly time: (name: string) => string;
  /** A parameter that is an amount, a decimal as a text: a sum of money may be larger than what a parameter holds as a number. */
  readonly money: (name: string) => string;
}

export type AnswerColumns<F extends Fields> = { readonly [K in keyof F]: F[K]['column'] };

/** Parameters are named in the order in which they stand in the text, so that selections of one form are one text. */
export function questionOf<F extends Fields>(
  dialect: QuestionDialect,
  selection: Selection<F>,
): Question<AnswerColumns<F>> {
  const writer = new SelectWriter(dialect);
  const columns = Object.entries(selection.fields).map(([name, { column }]) => [name, column] as const);
  return {
    sql: writer.write(selection),
    parameters: writer.parameters,
    columns: Object.fromEntries(columns) as AnswerColumns<F>,
  };
}

class SelectWriter {
  readonly parameters: Record<string, string | number> = {};

  constructor(private readonly dialect: QuestionDialect) {}

  write({ table, where, fields, by, order = [], only = [], after = null, most }: Selection): string {
    const { dialect } = this;
    const named = Object.entries(fields);
    const own = named.filter(([, { take }]) => take !== 'place' && take !== 'total');
    const typeOf = (columns: Readonly<Record<string, Column>>) => (name: string) => columns[name].type;
    let sql = [
      `SELECT ${own.map(([name, field]) => `${this.expression(field)} AS ${dialect.column(name)}`).join(', ')}`,
      ` FROM ${dialect.table(table.name)} AS t`,
      this.conditions(where, 't.', typeOf(table.columns)),
      by === undefined
        ? ''
        : by.length === 0
          ? ' HAVING COUNT(*) > 0'
          : ` GROUP BY ${by.map((name) => `t.${dialect.column(name)}`).join(', ')}`,
    ].join('');
    const counting = (take: Field['take'], count: string): void => {
      const names = named.filter(([, field]) => field.take === take);
      for (const [name] of names) sql = `SELECT *, ${count} AS ${dialect.column(name)} FROM (${sql}) AS s`;
    };
    counting('place', `ROW_NUMBER() OVER (${this.orderBy(order).trim()})`);
    const fieldType = (name: string): ColumnType => fields[name].column.type;
    if (only.length > 0) sql = `SELECT * FROM (${sql}) AS s${this.conditions(only, '', fieldType)}`;
    counting('total', 'COUNT(*) OVER ()');
    const all = named.map(([name]) => dialect.column(name)).join(', ');
    const behind = after === null ? '' : ` WHERE ${this.behind(order, after)}`;
    if (behind !== '' || own.length < named.length) sql = `SELECT ${all} FROM (${sql}) AS s${behind}`;
    else if (order.length > 0) sql = `SELECT ${all} FROM (${sql}) AS s`;
    const limit = most === undefined ? '' : ` LIMIT ${this.given('int64', most)}`;
    return `${sql}${this.orderBy(order)}${limit}`;
  }

  private expression({ take, from, column }: Field): string {
    const source = `t.${this.dialect.column(from)}`;
    if (take === 'value') return source;
    if (take === 'sum') return `COALESCE(SUM(${source}), 0)`;
    if (take === 'least') return `MIN(${source})`;
    if (take === 'most') return `MAX(${source})`;
    if (take === 'missing') return `COUNT(*) - COUNT(${source})`;
    if (take === 'rows') return 'COUNT(*)';
    // Of another type, the rest of a UNION or an ORDER BY would have to guess.
    if (column.type === 'timestamp' || column.type === 'date')
      return `CAST(NULL AS ${column.type.toUpperCase()})`;
    return 'NULL';
  }

  private conditions(
    filters: readonly Filter[],
    prefix: string,
    typeOf: (name: string) => ColumnType,
  ): string {
    const parts = filters.flatMap((filter) =>
      this.condition(filter, `${prefix}${this.dialect.column(filter.column)}`, typeOf(filter.column)),
    );
    return parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`;
  }

  private condition(filter: Filter, column: string, type: ColumnType): string[] {
    const given = (value: FilterValue): string => this.given(type, value);
    if ('among' in filter)
      return [filter.among.length === 0 ? 'FALSE' : `${column} IN (${filter.among.map(given).join(', ')})`];
    if ('except' in filter) return [`${column} <> ${given(filter.except)}`];
    if ('begins' in filter) return [`STARTS_WITH(${column}, ${given(filter.begins)})`];
    const { from, below, until } = filter;
    return [
      ...(from === undefined ? [] : [`${column} >= ${given(from)}`]),
      ...(below === undefined ? [] : [`${column} < ${given(below)}`]),
      ...(until === undefined ? [] : [`${column} <= ${given(until)}`]),
    ];
  }

  private orderBy(order: readonly Order[]): string {
    if (order.length === 0) return '';
    const parts = order.map(
      ({ field, descending }) =>
        `${this.dialect.column(field)}${descending === true ? ' DESC' : ''} NULLS LAST`,
    );
    return ` ORDER BY ${parts.join(', ')}`;
  }

  /** Rows behind a position: equal up to some field, and beyond it in that. */
  private behind(order: readonly Order[], position: Position): string {
    const ways = order.map((_, last) => {
      const parts = order.slice(0, last + 1).map(({ field, type, descending }, i) => {
        const column = this.dialect.column(field);
        const value = position[i];
        if (i < last) return value === null ? `${column} IS NULL` : `${column} = ${this.given(type, value)}`;
        if (value === null) return 'FALSE';
        return `(${column} ${descending === true ? '<' : '>'} ${this.given(type, value)} OR ${column} IS NULL)`;
      });
      return `(${parts.join(' AND ')})`;
    });
    return `(${ways.join(' OR ')})`;
  }

  /** A place for a value, which goes into the parameters. */
  private given(type: ColumnType, value: string | number | bigint): string {
    const name = `p${Object.keys(this.parameters).length}`;
    this.parameters[name] = typeof value === 'bigint' ? moneyDecimal(value) : value;
    if (type === 'date') return this.dialect.date(name);
    if (type === 'timestamp') return this.dialect.time(name);
    if (type === 'money') return this.dialect.money(name);
    return this.dialect.parameter(name);
  }
}
