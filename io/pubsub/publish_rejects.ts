import type { DeadLetterRow } from '../../schema/tables';
import { publishDeadLetters } from './dead_letter_publisher';
import type { TopicPublisher } from './topic_publisher';

/** Publishes rows of dead_letters to a topic, and gives them on when the service has confirmed them: so a commit that holds them comes after. */
export class PublishRejects {
  private publisher: TopicPublisher | undefined;

  /** `topic`: `projects/P/topics/T`; null publishes nothing. The step is there either way, so that a stream can go on with a topic or without. */
  constructor(readonly topic: string | null) {}

  async process(rows: DeadLetterRow[]): Promise<DeadLetterRow[][]> {
    if (this.topic === null) return [rows];
    // Most streams have no dead letters for a long time: the client is loaded with the first.
    if (this.publisher === undefined) {
      const { TopicPublisher } = require('./topic_publisher') as typeof import('./topic_publisher');
      this.publisher = await TopicPublisher.open(this.topic);
    }
    await publishDeadLetters(this.publisher, rows);
    return [rows];
  }

  async teardown(): Promise<void> {
    await this.publisher?.close();
    this.publisher = undefined;
  }
}
