/** Answers that are kept while the tables are the same: where each question costs money and a second, none is put twice. */
import type { Column } from '../../schema/column';
import type { Answer, Question } from '../../schema/question';
import type { Ask } from '../../serving/questions/store';

/** Rows that are kept at most, some 60 MB; what was asked for longest ago goes first. */
const MOST_ROWS = 200_000;

export class KeptAnswers {
  /** In the order in which they were last asked for. */
  private readonly answers = new Map<string, Promise<readonly unknown[]>>();
  private readonly sizes = new Map<string, number>();
  private rows = 0;

  constructor(
    private readonly put: Ask,
    private readonly mostRows = MOST_ROWS,
  ) {}

  /** The answer that is kept or on its way, or else a new one. The array is the caller's, its rows are everybody's. */
  async ask<C extends Record<string, Column>>(question: Question<C>): Promise<Answer<C>[]> {
    const key = JSON.stringify([question.sql, question.parameters, Object.keys(question.columns)]);
    const found = this.answers.get(key) as Promise<Answer<C>[]> | undefined;
    const answer = found ?? this.put(question);
    this.answers.delete(key);
    this.answers.set(key, answer);
    if (found === undefined) this.keep(key, answer);
    return [...(await answer)];
  }

  private keep(key: string, answer: Promise<readonly unknown[]>): void {
    answer.then(
      ({ length }) => {
        // An answer without rows takes room, too.
        this.sizes.set(key, length + 1);
        this.rows += length + 1;
        for (const [oldest] of this.answers) {
          if (this.rows <= this.mostRows) break;
          this.drop(oldest);
        }
      },
      // What could not be asked is asked again.
      () => this.drop(key),
    );
  }

  private drop(key: string): void {
    this.rows -= this.sizes.get(key) ?? 0;
    this.sizes.delete(key);
    this.answers.delete(key);
  }
}
