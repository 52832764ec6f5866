// Writes random cases as one .ndjson file: node random.mjs OUT.ndjson [count] [seed]
// One element per event, so that no bundle holds more than one.
import { writeFileSync } from "node:fs";
import { fixed, sliding, sessions, global_, def, never, eow, count, delay, repeat, any, all, each, orFinally, e, wm, pt, end, guarded, windowing, quirks } from "./lib.mjs";

const [out, n = "240", seed = "20240601"] = process.argv.slice(2);
let state = Number(seed) >>> 0;
function rnd() { // mulberry32
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const int = (lo, hi) => lo + Math.floor(rnd() * (hi - lo + 1));
const pick = (...l) => l[int(0, l.length - 1)];

function once(depth) {
  const k = rnd();
  if (depth === 0 || k < 0.35) return count(int(1, 4));
  if (k < 0.6) return rnd() < 0.25 ? delay(pick(0, 1000, 2500), { periodMs: 5000, offsetMs: pick(0, 1500) }) : delay(pick(0, 1000, 3000, 10000));
  if (k < 0.7) return eow();
  if (k < 0.75) return never;
  if (k < 0.9) return any(once(depth - 1), once(depth - 1), ...(rnd() < 0.3 ? [once(depth - 1)] : []));
  return all(once(depth - 1), once(depth - 1));
}
function tree(depth) {
  const k = rnd();
  if (depth === 0 || k < 0.3) return once(1);
  if (k < 0.45) return eow(rnd() < 0.6 ? once(1) : undefined, rnd() < 0.6 ? once(1) : undefined);
  if (k < 0.65) return repeat(tree(depth - 1));
  if (k < 0.8) return each(tree(depth - 1), tree(depth - 1), ...(rnd() < 0.3 ? [tree(depth - 1)] : []));
  if (k < 0.95) return orFinally(tree(depth - 1), once(1));
  return def;
}
function top() {
  const k = rnd();
  if (k < 0.08) return def;
  if (k < 0.3) return eow(rnd() < 0.75 ? once(2) : undefined, once(2));
  if (k < 0.55) return repeat(rnd() < 0.5 ? once(2) : tree(2));
  if (k < 0.59) return never;
  if (k < 0.7) return orFinally(tree(2), once(2));
  if (k < 0.82) return each(once(1), once(1), ...(rnd() < 0.5 ? [tree(1)] : []));
  return tree(3);
}

const lines = [];
for (let i = 0; i < Number(n); i++) {
  const fn = pick(() => fixed(10000), () => fixed(10000, int(0, 9999)), () => sliding(10000, 5000), () => sliding(9000, 3000, int(0, 2999)),
    () => sessions(3000), () => sessions(int(1, 8) * 1000), () => global_)();
  let trigger = top();
  if (fn.type === "global" && trigger.type === "default") trigger = repeat(count(2));
  const lateness = pick(0, 0, 3000, 10000, 30000);
  const w = windowing(fn, trigger, {
    accumulation: pick("accumulating", "discarding"), allowedLatenessMs: lateness,
    timestampCombiner: pick("END_OF_WINDOW", "EARLIEST", "LATEST"),
    closingBehavior: pick("FIRE_IF_NON_EMPTY", "FIRE_IF_NON_EMPTY", "FIRE_ALWAYS"),
    onTimeBehavior: pick("FIRE_ALWAYS", "FIRE_ALWAYS", "FIRE_IF_NON_EMPTY"),
  });
  const keys = ["a", "b", "c"].slice(0, rnd() < 0.6 ? 1 : int(2, 3));
  // Java misplaces elements far before 1970 in fixed and sliding windows, so those stay after it
  const base = fn.type === "fixed" || fn.type === "sliding" ? pick(100000, 100000, 1700000000000) : pick(0, -250000, 1700000000000);
  let watermark = base, value = 0;
  const events = [];
  const length = int(8, 30);
  let moved = false;
  for (let j = 0; j < length; j++) {
    const k = rnd();
    if (k < 0.62) {
      const ts = watermark + (rnd() < 0.65 ? int(-1000, 12000) : rnd() < 0.6 ? int(-12000, 0) : int(-45000, 25000));
      // round often, so that equal timestamps and window edges come up
      events.push(e(pick(...keys), ++value, rnd() < 0.4 ? Math.round(ts / 1000) * 1000 : ts));
    } else if (k < 0.85) {
      const step = pick(0, 1, 1000, 2500, 5000, 9999, 10000, int(1, 15000), rnd() < 0.3 ? 60000 : 3000);
      watermark = moved ? watermark + step : watermark;
      moved = true;
      if (rnd() < 0.3) watermark = Math.ceil(watermark / 5000) * 5000 - pick(0, 1);
      if (events.some((x) => x.watermark > watermark)) watermark = Math.max(...events.filter((x) => x.watermark !== undefined).map((x) => x.watermark));
      events.push(wm(watermark));
    } else {
      events.push(pt(pick(1, 500, 1000, 1001, 3001, 10000)));
    }
  }
  events.push(end);
  lines.push(JSON.stringify({ name: `random-${String(i).padStart(3, "0")}`, what: `seed ${seed}`, ...quirks({ windowing: w, events }), ...(guarded(trigger, lateness) ? { bypassTriggerGuard: true } : {}), windowing: w, events }));
}
writeFileSync(out, `${lines.join("\n")}\n`);
console.log(`${lines.length} random cases`);
