/** What a round of questions has brought: the answer, or why there is none. An answer stays where a later round fails, and says of when it is. */
import type { ComponentChildren } from 'preact';
import { clockText } from '../texts';
import type { Round } from '../use_rounds';
import { Announcement } from './announcement';
import { ProblemNotice } from './problem_notice';

interface Props<T> {
  readonly round: Round<T>;
  /** What a screen reader says when numbers have changed; not at every change. */
  readonly summary: (answer: T) => string;
  readonly children: (answer: T) => ComponentChildren;
}

export function ViewOf<T>({ round, summary, children }: Props<T>) {
  const { answer, asOf, problem, isStale, again, question } = round;
  if (asOf === null || (isStale && problem !== null))
    return problem === null ? (
      <p class="faint">Loading…</p>
    ) : (
      <ProblemNotice problem={problem} again={again} />
    );
  return (
    <>
      {problem === null ? null : <ProblemNotice problem={problem} again={again} />}
      <div class={isStale ? 'answer stale' : 'answer'} aria-busy={isStale}>
        {children(answer as T)}
      </div>
      <p class="faint">As of {clockText(asOf)}.</p>
      {/* An old answer says nothing of the new question. */}
      <Announcement text={summary(answer as T)} about={isStale ? '' : question} />
    </>
  );
}
