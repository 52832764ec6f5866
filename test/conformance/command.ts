/** The conformance suite as a command: `node test/conformance/run.js [--workers N] FILE-OR-FOLDER...`; with `--quirks` it prints where Java leaves the model instead, with `--prism HOST:PORT` the names of the cases that Prism there gets right. Ends with 1 where a case differs, with 2 where there is none. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Case, readCases } from './case_format';
import { quirkTable } from './quirks';
import { runCase } from './run_case';
import { runOnPrism } from './run_on_prism';
import { explain } from './side_by_side';

export async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: {
      workers: { type: 'string', default: '0' },
      quirks: { type: 'boolean', default: false },
      prism: { type: 'string' },
    },
    allowPositionals: true,
  });
  const missing = positionals.find((file) => !existsSync(file));
  if (missing !== undefined) return usage(`${missing} is not there.`);
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 0) return usage(`--workers ${values.workers} is no number.`);
  const cases = positionals.flatMap(readCases);
  if (cases.length === 0) return usage('There are no cases (.json or .ndjson).');
  if (values.quirks) process.stdout.write(quirkTable(cases));
  else if (values.prism !== undefined) await listOnPrism(cases, values.prism);
  else process.exitCode = (await runAll(cases, workers)) ? 0 : 1;
}

/** On standard output as JSON what Prism gets right; on standard error what becomes of the others. */
async function listOnPrism(cases: readonly Case[], endpoint: string): Promise<void> {
  const same: string[] = [];
  for (const c of cases) {
    const { result, problems } = await runOnPrism(c, endpoint);
    if (result === 'same') same.push(c.name);
    else process.stderr.write(`${result} ${c.name}: ${problems.join('; ').slice(0, 300)}\n`);
  }
  process.stdout.write(`${JSON.stringify(same, null, 2)}\n`);
}

function usage(problem: string): void {
  process.stderr.write(`${problem}\nUsage: make conformance CASES=FOLDER-OR-FILE\n`);
  process.exitCode = 2;
}

async function runAll(cases: readonly Case[], workers: number): Promise<boolean> {
  const different: string[] = [];
  const misplaced: string[] = [];
  const refused: string[] = [];
  const allowed: string[] = [];
  for (const c of cases) {
    const verdict = await runCase(c, workers);
    if (verdict.problems.length > 0) {
      different.push(c.name);
      process.stdout.write(`${explain(c, verdict)}\n\n`);
      continue;
    }
    if (verdict.misplaced.length > 0) misplaced.push(c.name);
    if (verdict.refusal !== undefined) refused.push(`${c.name}: ${verdict.refusal.message}`);
    for (const allowance of new Set(verdict.allowances)) allowed.push(`${c.name}: ${allowance}`);
  }
  list('refused, as they have to or may be', refused);
  list('passed with an allowance', allowed);
  list("passed, with panes after another event than Java's", misplaced);
  list('different', different);
  process.stdout.write(`${cases.length} cases, ${different.length} different\n`);
  return different.length === 0;
}

function list(title: string, entries: readonly string[]): void {
  if (entries.length === 0) return;
  process.stdout.write(`${entries.length} ${title}:\n${entries.map((entry) => `  ${entry}\n`).join('')}`);
}
