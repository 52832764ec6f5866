/**
 * Work that is often done when the call returns, and sometimes only later. A promise per element and step would cost more than
 * most elements do, so nothing here makes one where everything is synchronous.
 */

export type MaybePromise<T> = T | PromiseLike<T>;

export function isPromise<T>(value: MaybePromise<T> | undefined | null): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | undefined | null)?.then === 'function';
}

/** Goes on with `next` once `value` is there: at once if it is. */
export function after<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** Visits the items in order, each once the visit before has ended; stays synchronous while the visits do. */
export function eachInTurn<T>(
  items: Iterable<T>,
  visit: (item: T) => MaybePromise<void>,
): MaybePromise<void> {
  const iterator = items[Symbol.iterator]();
  let handedOver = false;
  let ended = false;
  try {
    for (let step = iterator.next(); !step.done; step = iterator.next()) {
      const visited = visit(step.value);
      if (isPromise(visited)) {
        handedOver = true;
        return goOn(iterator, visited, visit);
      }
    }
    ended = true;
  } finally {
    if (!ended && !handedOver) iterator.return?.();
  }
}

async function goOn<T>(
  iterator: Iterator<T>,
  pending: PromiseLike<void>,
  visit: (item: T) => MaybePromise<void>,
): Promise<void> {
  let ended = false;
  try {
    await pending;
    for (let step = iterator.next(); !step.done; step = iterator.next()) {
      const visited = visit(step.value);
      if (isPromise(visited)) await visited;
    }
    ended = true;
  } finally {
    if (!ended) iterator.return?.();
  }
}

/** Like eachInTurn, over anything a DoFn may return: nothing, an iterable, an async iterable, or a promise of one. */
export function eachResult<T>(
  results: MaybePromise<Iterable<T> | AsyncIterable<T> | undefined | null>,
  visit: (item: T) => MaybePromise<void>,
): MaybePromise<void> {
  if (isPromise(results)) return results.then((ready) => eachResult(ready, visit));
  if (results === undefined || results === null) return;
  if (typeof results === 'object') {
    if (Symbol.asyncIterator in results) return eachAsync(results, visit);
    if (Symbol.iterator in results) return eachInTurn(results, visit);
  }
  throw new TypeError('A DoFn has to return nothing, an iterable, an async iterable, or a promise of one');
}

async function eachAsync<T>(items: AsyncIterable<T>, visit: (item: T) => MaybePromise<void>): Promise<void> {
  for await (const item of items) await visit(item);
}
