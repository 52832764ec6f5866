/** What is wrong, and what to do. */
import type { Problem, ProblemKind } from '../problem';

const TITLES: Readonly<Record<ProblemKind, string>> = {
  unauthorized: 'A token is needed',
  refused: 'This can’t be asked',
  not_found: 'It is not there',
  unavailable: 'The output can’t be read now',
  unreachable: 'The server doesn’t answer',
  unexpected: 'Something is wrong',
};

const WHAT_TO_DO: Readonly<Record<ProblemKind, string>> = {
  unauthorized: 'Load the page again and give the token that the server was started with.',
  refused: 'Choose other filters.',
  not_found: 'It may be of an output that has been replaced. Choose another one from the list.',
  unavailable:
    'The page tries again by itself. If it stays so, look at what the server says on its terminal.',
  unreachable: 'The page tries again by itself. If it stays so, see whether funnelpulse serve still runs.',
  unexpected: 'Try again. If it stays so, look at what the server says on its terminal.',
};

export function ProblemNotice({ problem, again }: { readonly problem: Problem; readonly again: () => void }) {
  const { kind, message, requestId } = problem;
  return (
    <div class="notice" role="alert">
      <h2>{TITLES[kind]}</h2>
      <p>{message}</p>
      <p>{WHAT_TO_DO[kind]}</p>
      {requestId === null ? null : <p class="faint">Request {requestId}</p>}
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  );
}
