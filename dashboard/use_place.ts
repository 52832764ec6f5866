/** The place in the address bar, as state: links and filters go elsewhere, and so do the browser's back and forward. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { type Place, placeOf, searchOf } from './location';

export type Go = (place: Place) => void;

export function usePlace(): readonly [Place, Go] {
  const [place, setPlace] = useState(() => placeOf(location.search));
  useEffect(() => {
    const wentBack = (): void => setPlace(placeOf(location.search));
    addEventListener('popstate', wentBack);
    return () => removeEventListener('popstate', wentBack);
  }, []);
  const go = useCallback((next: Place) => {
    const url = `${location.pathname}${searchOf(next)}`;
    if (url !== `${location.pathname}${location.search}`) history.pushState(null, '', url);
    setPlace(next);
  }, []);
  return [place, go];
}
