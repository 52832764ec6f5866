/** The cases that Prism gets right, run there by our harness: prism.json has their names, docs/conformance.md says what becomes of the others. */
import * as path from 'node:path';
import { describeWithPrism } from '../emulators/prism';
import { readCases } from './case_format';
import { runOnPrism } from './run_on_prism';

const RIGHT: readonly string[] = require('./prism.json');
const cases = new Map(
  ['named', 'random']
    .flatMap((folder) => readCases(path.join(__dirname, 'cases', folder)))
    .map((c) => [c.name, c]),
);

/** All of them with FUNNELPULSE_PRISM_CASES=all, else every fourth. */
const chosen = RIGHT.filter((_, i) => process.env.FUNNELPULSE_PRISM_CASES === 'all' || i % 4 === 0);

describeWithPrism('conformance on Prism', (prism) => {
  test.each(chosen)('%s', async (name) => {
    const { problems } = await runOnPrism(cases.get(name)!, prism().endpoint);
    expect(problems).toEqual([]);
  });
});
