/** Many questions of one kind. A store that is far away answers several in the time of one. */
import type { Store } from './store';

/** What `question` gives for each item, in their order; as many at once as the store allows. */
export async function askEach<T, R>(
  { atOnce = 1 }: Store,
  items: readonly T[],
  question: (item: T) => Promise<R>,
): Promise<R[]> {
  const answers: R[] = new Array(items.length);
  let next = 0;
  const asker = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      answers[i] = await question(items[i]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, asker));
  return answers;
}
