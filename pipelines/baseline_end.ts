/** The end of a graph that a run's choice of a baseline stands for. */
import { keptHistory } from '../io/staging/history_hours';
import type { HistoryHour } from '../transforms/baseline/baseline_fn';
import { type BaselineEnd, givenHours, ownHours, trailingHours } from '../transforms/baselines';
import type { BaselineChoice } from './baseline_choice';

/** @param file where the choice's hours, see {@link hoursOf}, will be when the graph runs */
export function baselineEnd(choice: BaselineChoice, file: string): BaselineEnd {
  if (choice.name === 'run') return ownHours;
  const kept = keptHistory<HistoryHour>(file);
  if (choice.name === 'file') return givenHours(kept);
  return trailingHours(choice.history === null ? null : kept);
}

/** The hours that a choice brings along. */
export function hoursOf(choice: BaselineChoice): readonly HistoryHour[] | null {
  if (choice.name === 'run') return null;
  return choice.name === 'file' ? choice.hours : choice.history;
}
