/** Where questions are put. Who serves is handed one: the questions are the same whatever holds the tables. */

import type { Column } from '../../schema/column';
import { quote } from '../../schema/duckdb';
import type { Answer, Question } from '../../schema/question';
import type { Fields, Selected, Selection } from './selection';
import { type QuestionDialect, questionOf } from './selection_sql';

export interface Store {
  readonly select: <F extends Fields>(selection: Selection<F>) => Promise<Selected<F>[]>;
  /** The same object for as long as the tables are the same: what has been asked once need not be asked again. Left out where nobody can say. */
  readonly moment?: object;
  /** How many questions may be asked at once; one if left out. */
  readonly atOnce?: number;
}

/** Puts one SELECT to a database. */
export type Ask = <C extends Record<string, Column>>(question: Question<C>) => Promise<Answer<C>[]>;

/** A store that speaks SQL. */
export function sqlStore(dialect: QuestionDialect, ask: Ask): Store {
  return { select: (selection) => ask(questionOf(dialect, selection)) };
}

export const DUCKDB_QUESTIONS: QuestionDialect = {
  table: quote,
  column: quote,
  parameter: (name) => `$${name}`,
  date: (name) => `CAST($${name} AS DATE)`,
  time: (name) => `epoch_ms($${name}::BIGINT)`,
  money: (name) => `CAST($${name} AS DECIMAL(33, 4))`,
};

/** @param table a table of the dataset as SQL has it, with project and dataset */
export function bigqueryQuestions(table: (name: string) => string): QuestionDialect {
  return {
    table,
    column: (name) => `\`${name}\``,
    parameter: (name) => `@${name}`,
    date: (name) => `CAST(@${name} AS DATE)`,
    time: (name) => `TIMESTAMP_MILLIS(@${name})`,
    // Types with digits are not allowed in a CAST.
    money: (name) => `CAST(@${name} AS NUMERIC)`,
  };
}

/** UTC days `YYYY-MM-DD`, both included. */
export interface Period {
  readonly since: string;
  readonly until: string;
}
