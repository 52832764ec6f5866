// Adds what the runs have shown: node mark.mjs UNSTABLE.txt NAMED-DIR RANDOM.ndjson
// UNSTABLE.txt holds the names of the cases that "check" found to differ in some run.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
const [list, dir, nd] = process.argv.slice(2);
const unstable = new Set(readFileSync(list, "utf8").split("\n").filter(Boolean));
const why = "with several worker threads some runs differ: two keys fire in one event and race for the output watermark";
const hasEnd = (t) => t && typeof t === "object" && (t.type === "default" || t.type === "afterEndOfWindow" || Object.values(t).some((v) => (Array.isArray(v) ? v.some(hasEnd) : hasEnd(v))));
function emptyOnTimeAtCollection(c) {
  const w = c.windowing;
  if (!w || !c.expected || !(w.allowedLatenessMs > 0) || w.fn.type === "global" || w.closingBehavior === "FIRE_ALWAYS" || hasEnd(w.trigger)) return false;
  return c.expected.some((p, i) => p.timing === "ON_TIME" && p.isLast && p.index > 0 &&
    (p.values.length === 0 || (w.accumulation === "accumulating" && String(p.values) === String(c.expected[i - 1].values))));
}
function marks(c) {
  const q = [...(c.quirks ?? []).filter((x) => x !== "empty-on-time-by-another-timer"), ...(emptyOnTimeAtCollection(c) ? ["empty-on-time-by-another-timer"] : [])];
  return { quirks: q.length ? q : undefined, unstable: unstable.has(c.name) ? why : undefined };
}
let n = 0, m = 0;
for (const f of readdirSync(dir)) {
  const text = readFileSync(`${dir}/${f}`, "utf8"), c = JSON.parse(text), k = marks(c);
  if (k.unstable) n++;
  if (k.quirks) m++;
  // the text is kept as it is laid out; only the two lines come and go
  const lines = text.split("\n").filter((l) => !/^ {2}"(quirks|unstable)":/.test(l));
  const add = Object.entries(k).filter(([, v]) => v !== undefined).map(([a, v]) => `  "${a}": ${JSON.stringify(v)},`);
  lines.splice(3, 0, ...add);
  const out = lines.join("\n");
  JSON.parse(out);
  writeFileSync(`${dir}/${f}`, out);
}
const lines = readFileSync(nd, "utf8").split("\n").filter(Boolean).map((l) => {
  const { name, what, quirks, unstable: u, ...rest } = JSON.parse(l), k = marks(JSON.parse(l));
  if (k.unstable) n++;
  if (k.quirks) m++;
  return JSON.stringify({ name, what, ...k, ...rest });
});
writeFileSync(nd, `${lines.join("\n")}\n`);
console.log(`${n} unstable, ${m} with quirks`);
