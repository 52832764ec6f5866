/** Where questions are put. Who serves is handed one: the questions are the same whatever holds the tables. */
import type { Column } from '../../schema/column';
import { quote } from '../../schema/duckdb';
import type { Answer, Question } from '../../schema/question';

export interface Store {
  readonly dialect: QuestionDialect;
  readonly ask: <C extends Record<string, Column>>(question: Question<C>) => Promise<Answer<C>[]>;
  /** The same object for as long as the tables are the same: what has been asked once need not be asked again. Left out where nobody can say. */
  readonly moment?: object;
  /** How many questions may be asked at once; one if left out. */
  readonly atOnce?: number;
}

/** What stores write differently in questions. */
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
