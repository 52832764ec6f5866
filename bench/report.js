/** What a benchmark run leaves: bench/results/batch.json, and the table between the markers of bench/README.md. */
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { cpus, totalmem } = require('node:os');
const { join } = require('node:path');

const README = join(__dirname, 'README.md');
const RESULTS = join(__dirname, 'results');
const BEGIN = '<!-- batch: written by bench/run.js -->';
const END = '<!-- /batch -->';

function machine() {
  return {
    cpu: cpus()[0].model.trim(),
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 1e9),
    node: process.version,
    duckdb: require('@duckdb/node-api').version(),
  };
}

/** The median of each figure over the runs. */
function median(runs) {
  const middle = (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const half = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  };
  return Object.fromEntries(
    ['wall_s', 'cpu_s', 'peak_mb'].map((figure) => [figure, middle(runs.map((run) => run[figure]))]),
  );
}

function writeReport(report) {
  const medians = report.results.map(({ runs, ...rest }) => ({
    ...rest,
    runs,
    median: runs.length > 0 ? median(runs) : null,
  }));
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, 'batch.json'), `${JSON.stringify({ ...report, results: medians }, null, 2)}\n`);
  const readme = readFileSync(README, 'utf8');
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END);
  if (from < 0 || to < from) throw new Error(`${README} has no markers ${BEGIN} and ${END}`);
  const text = `${readme.slice(0, from + BEGIN.length)}\n\n${tables(report, medians)}\n${readme.slice(to)}`;
  writeFileSync(README, text);
}

function tables(report, results) {
  const ours = results.find((result) => result.name === 'ours')?.median;
  const ratio = (mine, theirs) =>
    mine === undefined || mine === theirs ? '' : ` (${(mine / theirs).toFixed(2)})`;
  const rows = results.map(({ name, title, median: took, failed }) => {
    if (!took) return `| ${title} | ${failed} | | |`;
    const mine = name === 'ours' ? undefined : ours;
    const cell = (figure, unit, digits) =>
      `${took[figure].toFixed(digits)} ${unit}${ratio(mine?.[figure], took[figure])}`;
    return `| ${title} | ${cell('wall_s', 's', 2)} | ${cell('cpu_s', 's', 2)} | ${cell('peak_mb', 'MB', 0)} |`;
  });
  const { machine: on } = report;
  const lines = [
    `${report.date.slice(0, 10)}, ${on.cores} cores (${on.cpu}), ${on.memory_gb} GB, Node ${on.node}, DuckDB ${on.duckdb}: ` +
      `${report.rows.toLocaleString('en')} rows, ${Math.round(report.bytes / 1e6)} MB, medians of ${report.rounds} rounds; in brackets ours divided by theirs.`,
    '',
    '| | wall | CPU | peak memory |',
    '|---|---|---|---|',
    ...rows,
  ];
  if (report.costs.length > 0) {
    lines.push(
      '',
      '| rows | wall | CPU | peak memory | µs a row | MB a million rows |',
      '|---|---|---|---|---|---|',
    );
    for (const cost of report.costs) {
      const millions = cost.rows / 1e6;
      lines.push(
        `| ${cost.rows.toLocaleString('en')} | ${cost.wall_s.toFixed(2)} s | ${cost.cpu_s.toFixed(2)} s | ${cost.peak_mb.toFixed(0)} MB ` +
          `| ${(cost.wall_s / millions).toFixed(2)} | ${(cost.peak_mb / millions).toFixed(0)} |`,
      );
    }
  }
  return lines.join('\n');
}

module.exports = { machine, median, writeReport };
