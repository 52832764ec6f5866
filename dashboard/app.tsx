/** Who looks, and since when: all is begun again after somebody has given the token. */
import { useState } from 'preact/hooks';
import { Frame } from './frame';

export function App() {
  const [session, setSession] = useState(0);
  return <Frame key={session} onSignedIn={() => setSession(session + 1)} />;
}
