/** What answers have to know of the tables besides their own rows: what is covered, and by which run. Asked once for each moment of the tables. */
import { daysCovered } from './coverage';
import { type ListedRun, latestRun } from './run_list';
import type { Period, Store } from './store';

export interface Moment {
  /** Null where there are no events. */
  readonly covered: Period | null;
  /** The run that was begun last; null where none ever was. */
  readonly run: ListedRun | null;
}

const known = new WeakMap<object, Promise<Moment>>();

export function momentOf(store: Store): Promise<Moment> {
  const { moment } = store;
  if (moment === undefined) return ask(store);
  const found = known.get(moment);
  if (found !== undefined) return found;
  const asked = ask(store);
  known.set(moment, asked);
  // What could not be asked is asked again.
  asked.catch(() => known.delete(moment));
  return asked;
}

async function ask(store: Store): Promise<Moment> {
  return { covered: await daysCovered(store), run: await latestRun(store) };
}

/** What changes whenever the tables do: every commit of a run writes into its row what the tables hold by then. */
export function versionText({ run }: Moment): string {
  return JSON.stringify(run);
}
