/** A dataset of BigQuery, served. Nobody there says when tables change, and to look costs money, as any question does: so one looks every quarter of a minute, only while somebody asks or listens, and keeps answers. */
import { ask } from '../../io/bigquery/ask';
import { openBigquery } from '../../io/bigquery/client';
import { findDataset } from '../../io/bigquery/dataset';
import { type DatasetName, qualified, textOf } from '../../io/bigquery/dataset_name';
import type { JobPlace } from '../../io/bigquery/jobs';
import { isNoTable, outputError } from '../../io/bigquery/service_error';
import { InputError } from '../../io/input_error';
import { latestRun } from '../../serving/questions/run_list';
import { type Ask, bigqueryQuestions, type Store, sqlStore } from '../../serving/questions/store';
import type { Served } from '../../serving/served';
import { KeptAnswers } from './kept_answers';

/** Milliseconds for which what is known of the tables is taken as true. */
const LOOK_MS = 15_000;
/** BigQuery answers a hundred at once, of all users of a project. */
const AT_ONCE = 16;

interface Version {
  /** The row of the run that wrote last: every commit changes it. */
  readonly text: string;
  /** Has answers of this version, but for those that were asked between a change and the next look. */
  readonly store: Store;
}

export class BigqueryServed implements Served {
  private place: JobPlace | undefined;
  private version: Version | undefined;
  private looking: Promise<Version> | undefined;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private readonly listeners = new Set<() => void>();

  /** @param name as the user named it @param lookMs milliseconds between two looks at the tables, at least */
  constructor(
    readonly name: string,
    private readonly dataset: DatasetName,
    private readonly lookMs = LOOK_MS,
  ) {}

  async read<T>(questions: (store: Store) => Promise<T>): Promise<T> {
    try {
      return await questions((await this.current()).store);
    } catch (error) {
      throw this.readError(error);
    }
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    this.timer ??= setInterval(() => void this.lookForListeners(), this.lookMs).unref();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.rest();
    };
  }

  status(): null {
    return null;
  }

  /** Waits for a look that is under way. */
  async close(): Promise<void> {
    this.listeners.clear();
    this.rest();
    await this.looking?.catch(() => undefined);
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private current(): Promise<Version> {
    if (this.version !== undefined && Date.now() - this.lookedAt < this.lookMs)
      return Promise.resolve(this.version);
    return this.look();
  }

  /** One look at a time, whoever wants it. */
  private look(): Promise<Version> {
    this.looking ??= this.lookNow().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async lookNow(): Promise<Version> {
    const lookedAt = Date.now();
    const place = await this.openPlace();
    const dialect = bigqueryQuestions((table) => qualified(this.dataset, table));
    const put: Ask = (question) => ask(place, question);
    const text = JSON.stringify(await latestRun(sqlStore(dialect, put)));
    this.lookedAt = lookedAt;
    if (this.version?.text === text) return this.version;
    const kept = new KeptAnswers(put);
    const keeping = sqlStore(dialect, (question) => kept.ask(question));
    const version = { text, store: { ...keeping, moment: {}, atOnce: AT_ONCE } };
    const isFirst = this.version === undefined;
    this.version = version;
    if (!isFirst) this.tell();
    return version;
  }

  private async openPlace(): Promise<JobPlace> {
    this.place ??= (await findDataset(openBigquery(this.dataset.project), this.dataset)) ?? undefined;
    const { place } = this;
    if (place === undefined)
      throw new InputError(
        `cannot read bigquery:${textOf(this.dataset)}: there is no such dataset. Correct its name, or write to it first: funnelpulse run --output bigquery:${textOf(this.dataset)}`,
      );
    return place;
  }

  private async lookForListeners(): Promise<void> {
    try {
      await this.look();
    } catch {
      // Listeners ask then, and their question says what is wrong.
      this.lookedAt = Number.NEGATIVE_INFINITY;
      this.tell();
    }
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private readError(error: unknown): unknown {
    if (!(error instanceof InputError) && isNoTable(error))
      return new InputError(
        `cannot read bigquery:${textOf(this.dataset)}: it holds no tables of a run. Name the dataset that funnelpulse run has written to`,
      );
    return outputError(this.dataset, error, 'read');
  }
}
