/** Where questions are put. Who serves is handed one: the questions are the same whatever holds the tables. */
import type { Column } from '../../schema/column';
import { quote } from '../../schema/duckdb';
import type { Answer, Question } from '../../schema/question';

export interface Store {
  readonly dialect: QuestionDialect;
  readonly ask: <C extends Record<string, Column>>(question: Question<C>) => Promise<Answer<C>[]>;
  /** The same object for as long as the tables are the same: what has been asked once need not be asked again. Left out where nobody can say. */
  readonly moment?: object;
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
}

export const DUCKDB_QUESTIONS: QuestionDialect = {
  table: quote,
  column: quote,
  parameter: (name) => `$${name}`,
  date: (name) => `CAST($${name} AS DATE)`,
  time: (name) => `epoch_ms($${name}::BIGINT)`,
};

/** UTC days `YYYY-MM-DD`, both included. */
export interface Period {
  readonly since: string;
  readonly until: string;
}
