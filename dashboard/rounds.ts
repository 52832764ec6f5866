/**
 * Rounds of questions: all that a view asks, again and again. At most one is in flight; whatever changes meanwhile makes one more after it. An answer stays until a better one is there.
 */
import { waitAfter } from './backoff';
import { type Problem, problemOf } from './problem';

export interface RoundState<T> {
  /** The latest answer to the latest question, or to the one before it while that has none. */
  readonly answer: T | null;
  /** Milliseconds since 1970 at which `answer` was asked for; null without one. */
  readonly asOf: number | null;
  /** Why the latest round failed; null where it didn't. */
  readonly problem: Problem | null;
  readonly isAsking: boolean;
  /** Whether `answer` is one to another question than the latest. */
  readonly isStale: boolean;
}

/** What a round needs of the world. */
export interface RoundWorld {
  readonly now: () => number;
  /** Calls `then` after so many milliseconds, unless what it returns is called before. */
  readonly after: (ms: number, then: () => void) => () => void;
  /** From 0 to 1. */
  readonly chance: () => number;
}

type Ask<T> = (signal: AbortSignal) => Promise<T>;

export class Rounds<T> {
  private state: RoundState<T> = { answer: null, asOf: null, problem: null, isAsking: false, isStale: false };
  private question: Ask<T> | null = null;
  private inFlight: AbortController | null = null;
  private isDue = false;
  private failures = 0;
  private cancelRetry: (() => void) | null = null;

  constructor(
    private readonly world: RoundWorld,
    private readonly tell: (state: RoundState<T>) => void,
  ) {}

  /** Asks something else from now on. What is in flight is given up. */
  ask(question: Ask<T>): void {
    this.question = question;
    this.inFlight?.abort();
    this.inFlight = null;
    this.failures = 0;
    this.update({ problem: null, isStale: this.state.answer !== null });
    this.begin();
  }

  /** Asks the same again: now, or after the round in flight. */
  again(): void {
    if (this.question === null) return;
    if (this.inFlight === null) this.begin();
    else this.isDue = true;
  }

  /** Nothing is asked and nothing told any more. */
  stop(): void {
    this.question = null;
    this.inFlight?.abort();
    this.inFlight = null;
    this.cancelRetry?.();
  }

  private begin(): void {
    const { question } = this;
    if (question === null) return;
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.isDue = false;
    const round = new AbortController();
    this.inFlight = round;
    const began = this.world.now();
    this.update({ isAsking: true });
    question(round.signal).then(
      (answer) => {
        if (this.inFlight !== round) return;
        this.failures = 0;
        this.end({ answer, asOf: began, problem: null, isStale: false });
      },
      (error) => {
        if (this.inFlight !== round) return;
        const problem = problemOf(error);
        this.failures += 1;
        this.end({ problem });
        if (problem.passes && this.inFlight === null)
          this.cancelRetry = this.world.after(waitAfter(this.failures, this.world.chance()), () =>
            this.begin(),
          );
      },
    );
  }

  private end(change: Partial<RoundState<T>>): void {
    this.inFlight = null;
    this.update({ ...change, isAsking: false });
    if (this.isDue) this.begin();
  }

  private update(change: Partial<RoundState<T>>): void {
    this.state = { ...this.state, ...change };
    this.tell(this.state);
  }
}
