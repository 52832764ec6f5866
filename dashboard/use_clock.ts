/** The time, a second apart, for what grows old by itself. */
import { useEffect, useState } from 'preact/hooks';

/** @returns milliseconds since 1970 */
export function useClock(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
