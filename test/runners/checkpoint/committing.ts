/** A program that commits in a loop until it is killed, and says the number of each commit when its promise was kept: FOLDER SEED */
import { writeSync } from 'node:fs';
import { openState } from '../../../runners/local/checkpoint';
import { changesOf } from './numbered_commits';

async function commitForever(folder: string, seed: number): Promise<void> {
  const state = openState(folder, { stateId: 'killed', parameters: {}, steps: {} });
  writeSync(1, `${state.commits}\n`);
  for (;;) writeSync(1, `${await state.commit(changesOf(seed, state.commits + 1))}\n`);
}

commitForever(process.argv[2], Number(process.argv[3])).catch((error: Error & { exitCode?: number }) => {
  writeSync(2, `${error.message}\n`);
  process.exitCode = error.exitCode ?? 1;
});
