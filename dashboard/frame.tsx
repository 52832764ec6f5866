/** What stands around every view, and what has to be known before any: what the output covers, and that one may see it. */
import { useMemo, useState } from 'preact/hooks';
import { coverage } from './api';
import { Page, type PageContext } from './page_context';
import { ConnectionBanner } from './parts/connection_banner';
import { Header } from './parts/header';
import { ProblemNotice } from './parts/problem_notice';
import { SignIn } from './parts/sign_in';
import { useLive } from './use_live';
import { usePalette } from './use_palette';
import { usePlace } from './use_place';
import { useRounds } from './use_rounds';
import { Views } from './views/views';

export function Frame({ onSignedIn }: { readonly onSignedIn: () => void }) {
  const [place, go] = usePlace();
  const palette = usePalette();
  // Nothing is listened to before a question was answered: an answer says why there is none, a connection doesn't.
  const [isAllowed, setAllowed] = useState(false);
  const { connection, status, version: heard } = useLive(isAllowed);
  const { answer, problem, asOf, again } = useRounds('coverage', heard, coverage);
  if (answer !== null && !isAllowed) setAllowed(true);
  const version = heard ?? answer?.version ?? '';
  const context = useMemo<PageContext | null>(
    () => (answer === null ? null : { place, go, palette, status, coverage: answer, version }),
    [place, go, palette, status, answer, version],
  );
  if (connection.state === 'refused' || problem?.kind === 'unauthorized')
    return <SignIn onSignedIn={onSignedIn} />;
  if (context === null)
    return (
      <main>
        <h1>FunnelPulse</h1>
        {problem === null ? <p class="faint">Loading…</p> : <ProblemNotice problem={problem} again={again} />}
      </main>
    );
  return (
    <Page.Provider value={context}>
      <a class="skip" href="#content">
        To the content
      </a>
      <Header connection={connection} />
      <ConnectionBanner connection={connection} asOf={asOf} />
      <Views />
    </Page.Provider>
  );
}
