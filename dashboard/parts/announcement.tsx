/** A sentence for screen readers that follows the numbers, at most so often that one can listen. */
import { useEffect, useRef, useState } from 'preact/hooks';

const LEAST_MS = 30_000;

export function Announcement({ text }: { readonly text: string }) {
  const [said, setSaid] = useState(text);
  const at = useRef(Date.now());
  useEffect(() => {
    if (text === said) return undefined;
    const say = (): void => {
      at.current = Date.now();
      setSaid(text);
    };
    const timer = setTimeout(say, Math.max(0, at.current + LEAST_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [text, said]);
  return (
    <p class="unseen" aria-live="polite">
      {said}
    </p>
  );
}
