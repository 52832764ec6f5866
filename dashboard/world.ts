/** The browser's clock, timers and chance, as rounds and live connections take them. */
export const WORLD = {
  now: () => Date.now(),
  after: (ms: number, then: () => void): (() => void) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
  chance: () => Math.random(),
};
