/** The colours that the style sheet has for the system's theme, as charts take them: a canvas knows no CSS variables. */
import { useEffect, useState } from 'preact/hooks';
import { MOST_LINES, type Palette } from '../serving/charts/drawing';

export function usePalette(): Palette {
  const [palette, setPalette] = useState(readPalette);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const changed = (): void => setPalette(readPalette());
    dark.addEventListener('change', changed);
    return () => dark.removeEventListener('change', changed);
  }, []);
  return palette;
}

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ...{ ground: color('ground'), ink: color('ink'), faint: color('faint'), grid: color('grid') },
    ...{ drop: color('c2'), spike: color('c1') },
    lines: Array.from({ length: MOST_LINES }, (_, i) => color(`c${i + 1}`)),
    font: style.fontFamily,
  };
}
