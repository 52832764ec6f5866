/** What a CPU profile of Node says: where the time goes, by part of the program and by function. */
const { readFileSync } = require('node:fs');

/** What is no function of anybody. */
const NOT_RUNNING = new Set(['(idle)', '(root)']);

/** The room and folder of ours, the package, or Node. */
function partOf({ functionName, url }) {
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)') return 'node';
  if (url.startsWith('wasm:')) return 'transforms/kernel (wasm)';
  const inPackage = url.match(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/);
  if (inPackage) return inPackage[1];
  const ours = url.match(/\/dist\/(.+)\/[^/]+$/);
  return ours ? ours[1] : 'node';
}

function placeOf({ functionName, url, lineNumber }) {
  const name = functionName || '(anonymous)';
  const file = url.match(/\/(?:dist|node_modules)\/(.+)$/)?.[1] ?? url;
  return file === '' ? name : `${name} ${file}:${lineNumber + 1}`;
}

function largest(seconds, count) {
  const sorted = [...seconds].sort((a, b) => b[1] - a[1]).slice(0, count);
  return Object.fromEntries(sorted.map(([name, value]) => [name, Number(value.toFixed(3))]));
}

/** Self time in seconds of the `parts` largest parts and `functions` largest functions; `idle` is the wait for the runner, or for a turn on a busy machine. */
function profileOf(file, { parts, functions }) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const [byPart, byFunction] = [new Map(), new Map()];
  let [busy, idle] = [0, 0];
  samples.forEach((sample, i) => {
    const frame = frames.get(sample);
    const seconds = timeDeltas[i] / 1e6;
    if (NOT_RUNNING.has(frame.functionName)) {
      idle += seconds;
      return;
    }
    busy += seconds;
    for (const [into, key] of [
      [byPart, partOf(frame)],
      [byFunction, placeOf(frame)],
    ])
      into.set(key, (into.get(key) ?? 0) + seconds);
  });
  return {
    busy_s: Number(busy.toFixed(3)),
    idle_s: Number(idle.toFixed(3)),
    self_s_by_part: largest(byPart, parts),
    self_s_by_function: largest(byFunction, functions),
  };
}

module.exports = { profileOf };
