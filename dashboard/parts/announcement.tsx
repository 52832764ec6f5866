/** A sentence for screen readers that follows the numbers: at once where something else is shown, else at most so often that one can listen. */
import { useEffect, useRef, useState } from 'preact/hooks';

const LEAST_MS = 30_000;

interface Props {
  readonly text: string;
  /** What is shown; the same while only its numbers change. */
  readonly about: string;
}

export function Announcement({ text, about }: Props) {
  const [said, setSaid] = useState(text);
  const last = useRef({ about, at: Date.now() });
  useEffect(() => {
    if (text === said) return undefined;
    const say = (): void => {
      last.current = { about, at: Date.now() };
      setSaid(text);
    };
    const wait = last.current.about === about ? last.current.at + LEAST_MS - Date.now() : 0;
    const timer = setTimeout(say, Math.max(0, wait));
    return () => clearTimeout(timer);
  }, [text, said, about]);
  return (
    <p class="unseen" aria-live="polite">
      {said}
    </p>
  );
}
