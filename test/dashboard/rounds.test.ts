/** Rounds of questions, under every order in which answers, failures and changes can come. */
import fc from 'fast-check';
import { waitAfter } from '../../dashboard/backoff';
import { Problem } from '../../dashboard/problem';
import { type RoundState, Rounds } from '../../dashboard/rounds';

/** A server that answers when it is told to, and a clock that goes when it is told to. */
class Scene {
  clock = 0;
  mostInFlight = 0;
  /** Grows when something changes: an answer is what it was when it was asked for. */
  truth = 0;
  state: RoundState<string> | null = null;
  private readonly open: { end: (failure: Problem | null) => void; signal: AbortSignal }[] = [];
  private timers: { at: number; then: () => void }[] = [];
  readonly rounds = new Rounds<string>(
    {
      now: () => this.clock,
      after: (ms, then) => {
        const timer = { at: this.clock + ms, then };
        this.timers.push(timer);
        return () => {
          this.timers = this.timers.filter((each) => each !== timer);
        };
      },
      chance: () => 0,
    },
    (state) => {
      this.state = state;
    },
  );

  /** What is asked as `question` is answered with its name and the truth of now. */
  ask(question: string): void {
    this.rounds.ask((signal) => {
      const seen = `${question} ${this.truth}`;
      const answer = new Promise<string>((resolve, reject) => {
        const end = (failure: Problem | null): void => (failure === null ? resolve(seen) : reject(failure));
        this.open.push({ end, signal });
      });
      this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
      return answer;
    });
  }

  get inFlight(): number {
    return this.open.filter(({ signal }) => !signal.aborted).length;
  }

  /** Ends the oldest request, also one that nobody waits for any more. */
  async answer(failure: Problem | null): Promise<void> {
    this.open.shift()?.end(failure);
    // Handlers of the promise, and of what it was made of.
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
  }

  get isQuiet(): boolean {
    return this.open.length === 0 && this.timers.length === 0;
  }

  pass(ms: number): void {
    this.clock += ms;
    const due = this.timers.filter(({ at }) => at <= this.clock);
    this.timers = this.timers.filter(({ at }) => at > this.clock);
    for (const { then } of due) then();
  }
}

const PASSING = () => new Problem('unavailable', 'locked');

test('at most one round is in flight, and the last answer is of the last truth', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('ask' as const), question: fc.constantFrom('a', 'b', 'c') }),
    fc.constantFrom({ do: 'change' as const }, { do: 'answer' as const }, { do: 'fail' as const }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const scene = new Scene();
      let question = 'first';
      scene.ask(question);
      for (const each of steps) {
        if (each.do === 'ask') {
          question = each.question;
          scene.ask(question);
        } else if (each.do === 'change') {
          scene.truth += 1;
          scene.rounds.again();
        } else await scene.answer(each.do === 'fail' ? PASSING() : null);
        scene.pass(10);
      }
      for (let i = 0; i < 100 && !scene.isQuiet; i += 1) {
        await scene.answer(null);
        scene.pass(60_000);
      }
      expect(scene.isQuiet).toBe(true);
      expect(scene.mostInFlight).toBe(1);
      expect(scene.state).toMatchObject({
        answer: `${question} ${scene.truth}`,
        ...{ problem: null, isAsking: false, isStale: false },
      });
    }),
  );
});

test('an answer stays while a later round fails, and says of when it is', async () => {
  const scene = new Scene();
  scene.pass(1000);
  scene.ask('a');
  // It is as old as the question.
  scene.pass(400);
  await scene.answer(null);
  scene.pass(600);
  scene.rounds.again();
  await scene.answer(PASSING());
  expect(scene.state).toMatchObject({ answer: 'a 0', asOf: 1000, problem: { kind: 'unavailable' } });
  scene.pass(waitAfter(1, 0));
  await scene.answer(null);
  expect(scene.state).toMatchObject({ asOf: 2000 + waitAfter(1, 0), problem: null });
});

test('what is refused is not asked again by itself', async () => {
  const scene = new Scene();
  scene.ask('a');
  await scene.answer(new Problem('refused', 'no'));
  expect(scene.isQuiet).toBe(true);
  expect(scene.state).toMatchObject({ answer: null, problem: { kind: 'refused' }, isAsking: false });
});

test('another question leaves the old answer until there is a new one, and says so', async () => {
  const scene = new Scene();
  scene.ask('a');
  await scene.answer(null);
  scene.ask('b');
  expect(scene.state).toMatchObject({ answer: 'a 0', isStale: true, isAsking: true });
  await scene.answer(null);
  expect(scene.state).toMatchObject({ answer: 'b 0', isStale: false, isAsking: false });
});

test('nothing is told after the end', async () => {
  const scene = new Scene();
  scene.ask('a');
  scene.rounds.stop();
  const before = scene.state;
  await scene.answer(null);
  scene.rounds.again();
  expect(scene.state).toBe(before);
  expect(scene.isQuiet).toBe(true);
});

test('one waits longer after every failure, up to half a minute', () => {
  expect([1, 2, 3, 7, 50].map((failures) => waitAfter(failures, 0))).toEqual([
    500, 1000, 2000, 30_000, 30_000,
  ]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, chance) => {
        const wait = waitAfter(n, chance);
        expect(wait).toBeLessThanOrEqual(waitAfter(n, 0));
        expect(wait).toBeGreaterThanOrEqual(waitAfter(n, 0) * 0.75 - 1);
      },
    ),
  );
});
