/**
 * A connection that keeps the statements of questions: planning one takes a quarter of the time that a small question takes. A statement outlives the file's being detached and attached again, also with other tables of
 * the same names: DuckDB then plans it anew, and keeps nothing of the file open meanwhile.
 */
import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import type { Column } from '../../schema/column';
import type { Answer, Question } from '../../schema/question';
import { answersOf, parametersOf, questionSql } from './ask';

/** Statements kept at most: all forms of the questions there are, but for how many keys are asked for. */
const MOST_STATEMENTS = 100;

export class PreparedConnection {
  /** By their SQL, the one used last at the end. */
  private readonly statements = new Map<string, DuckDBPreparedStatement>();

  constructor(private readonly connection: DuckDBConnection) {}

  /** One question at a time. */
  async ask<C extends Record<string, Column>>(question: Question<C>): Promise<Answer<C>[]> {
    const sql = questionSql(question);
    const kept = this.statements.get(sql);
    if (kept !== undefined) {
      this.statements.delete(sql);
      try {
        return await this.run(sql, kept, question);
      } catch {
        // Tables of another form, say. Asked anew it succeeds, or fails for what is wrong with it.
        kept.destroySync();
      }
    }
    const statement = await this.connection.prepare(sql);
    try {
      return await this.run(sql, statement, question);
    } catch (error) {
      statement.destroySync();
      throw error;
    }
  }

  close(): void {
    for (const statement of this.statements.values()) statement.destroySync();
    this.statements.clear();
    this.connection.closeSync();
  }

  /** Keeps the statement where it succeeds. */
  private async run<C extends Record<string, Column>>(
    sql: string,
    statement: DuckDBPreparedStatement,
    question: Question<C>,
  ): Promise<Answer<C>[]> {
    statement.bind(parametersOf(question));
    const answers = answersOf(await statement.runAndReadAll(), question);
    this.statements.set(sql, statement);
    if (this.statements.size > MOST_STATEMENTS) this.forgetOldest();
    return answers;
  }

  private forgetOldest(): void {
    const [[sql, statement]] = this.statements;
    this.statements.delete(sql);
    statement.destroySync();
  }
}
