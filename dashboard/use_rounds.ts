/** {@link Rounds} in a component. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { type RoundState, Rounds } from './rounds';
import { WORLD } from './world';

const NOTHING = { answer: null, asOf: null, problem: null, isAsking: true, isStale: false } as const;

export interface Round<T> extends RoundState<T> {
  readonly question: string;
  readonly again: () => void;
}

/**
 * What the server answers, kept up to date.
 *
 * @param question says when it is another one: its text stands for `ask`
 * @param version of the tables; a new one asks again
 */
export function useRounds<T>(
  question: string,
  version: string | null,
  ask: (signal: AbortSignal) => Promise<T>,
): Round<T> {
  const [state, setState] = useState<RoundState<T>>(NOTHING);
  const rounds = useRef<Rounds<T> | null>(null);
  rounds.current ??= new Rounds<T>(WORLD, setState);
  const asked = useRef<string | null>(null);

  useEffect(() => {
    asked.current = version;
    rounds.current?.ask(ask);
  }, [question]);

  useEffect(() => {
    if (version === asked.current) return;
    asked.current = version;
    return whenSeen(() => rounds.current?.again());
  }, [version]);

  useEffect(() => () => rounds.current?.stop(), []);

  return { ...state, question, again: () => rounds.current?.again() };
}

/** Now, or when somebody looks at the page again. */
function whenSeen(then: () => void): (() => void) | undefined {
  if (!document.hidden) {
    then();
    return undefined;
  }
  document.addEventListener('visibilitychange', then, { once: true });
  return () => document.removeEventListener('visibilitychange', then);
}
