/** Asks for the token that the server was started with. It is kept by the browser as a cookie that no script reads. */
import { useState } from 'preact/hooks';
import { type Problem, problemOf } from '../problem';
import { signIn } from '../request';

export function SignIn({ onSignedIn }: { readonly onSignedIn: () => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [token, setToken] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    signIn(token).then(onSignedIn, (error) => setProblem(problemOf(error)));
  };
  return (
    <main>
      <h1>FunnelPulse</h1>
      <p>
        This server wants a token: the one that it was started with, in the variable{' '}
        <code>FUNNELPULSE_TOKEN</code>.
      </p>
      <form class="name" onSubmit={submit}>
        <label>
          Token
          <input
            type="password"
            autocomplete="current-password"
            required
            value={token}
            aria-describedby="refusal"
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <button type="submit">Sign in</button>
      </form>
      <p id="refusal" role="alert">
        {problem === null
          ? ''
          : problem.kind === 'unauthorized'
            ? 'That is not the token. Look at how the server was started.'
            : problem.message}
      </p>
    </main>
  );
}
