// Writes the named cases, without what is expected of them: node named.mjs OUT-DIR
import { mkdirSync, writeFileSync } from "node:fs";
import { MIN, HOUR, DAY, fixed, sliding, sessions, global_, calendarDays, calendarMonths, def, never, always, eow, count,
  delay, sync, repeat, any, all, each, orFinally, e, es, wm, pt, end, endOf, guarded, windowing, quirks } from "./lib.mjs";

const out = process.argv[2];
mkdirSync(out, { recursive: true });
const names = new Set();
function put(c) {
  if (names.has(c.name)) throw new Error(`twice: ${c.name}`);
  names.add(c.name);
  const { name, what, ...rest } = c;
  writeFileSync(`${out}/${c.name}.json`, JSON.stringify({ name, what, ...quirks(c), ...rest }));
}
const acc = { accumulation: "accumulating" }, disc = { accumulation: "discarding" };
const late = (ms) => ({ allowedLatenessMs: ms });
/** One GroupByKey. */
function c(name, what, fn, trigger, opts, events, extra = {}) {
  const w = windowing(fn, trigger, opts);
  put({ name, what, ...(guarded(trigger, w.allowedLatenessMs) && !extra.keepGuard ? { bypassTriggerGuard: true } : {}), windowing: w, events: [...events, end] });
}
const a = (v, ts) => e("a", v, ts);

// ------------------------------------------------------------------ no data, boundaries, windows
c("no-data", "No element at all: no window exists, so no pane, not even an empty on-time one.", fixed(), def, {}, [wm(MIN), wm(5 * MIN)]);
c("no-data-fire-always", "No element, FIRE_ALWAYS everywhere: still nothing.", fixed(), eow(count(1), count(1)), { ...late(MIN), closingBehavior: "FIRE_ALWAYS" }, [wm(MIN), pt(1000), wm(5 * MIN)]);
c("fixed-default-on-time", "Default trigger, lateness 0: one on-time pane per window when the watermark passes its end.", fixed(), def, {}, [a(1, 1000), a(2, 30000), a(3, 61000), wm(MIN), wm(2 * MIN)]);
c("fixed-boundaries", "Timestamps at start, end-1 and end of a window.", fixed(), def, {}, [a(1, MIN), a(2, 2 * MIN - 1), a(3, 2 * MIN), a(4, MIN - 1), wm(4 * MIN)]);
c("watermark-at-last-ms", "Watermark exactly at end-1 (the window's max timestamp) does not close it; end does.", fixed(), def, {}, [a(1, 1000), wm(MIN - 1), a(2, 2000), wm(MIN), a(3, 3000)]);
c("watermark-at-last-ms-early", "As before with early panes: at watermark end-1 a new element still fires EARLY.", fixed(), eow(count(1), count(1)), late(MIN), [a(1, 1000), wm(MIN - 1), a(2, 2000), wm(MIN), a(3, 3000)]);
c("fixed-offset", "Fixed windows with an offset.", fixed(MIN, 10000), def, {}, [a(1, 9999), a(2, 10000), a(3, 69999), a(4, 70000), wm(5 * MIN)]);
c("fixed-negative-timestamps", "Before 1970: Java floors only down to one window size below 0; the element at -60001 lands in a window that does not hold it.", fixed(), def, {}, [a(1, -1), a(2, -MIN), a(3, -MIN - 1), a(4, 0), wm(-MIN), wm(0), wm(MIN)]);
c("fixed-negative-near-zero", "Before 1970, within one window size: as the model has it.", fixed(), def, {}, [a(1, -1), a(2, -MIN), a(3, 0), wm(-1), wm(0), wm(MIN)]);
c("session-negative-far", "Sessions far before 1970: no window arithmetic, so no quirk.", sessions(10000), eow(count(2), count(1)), late(MIN), [a(1, -500000), a(2, -493000), a(3, -484000), wm(-470000), a(4, -486000), wm(-400000), a(5, -486001), wm(-300000)]);
c("fixed-negative-offset", "Before 1970 with an offset.", fixed(MIN, 15000), def, {}, [a(1, -1), a(2, -45001), a(3, -45000), a(4, 14999), a(5, 15000), wm(5 * MIN)]);
c("fixed-negative-late", "Before 1970, late data; Java puts elements below -size one window too late.", fixed(), eow(null, count(1)), late(MIN), [a(1, -3 * MIN + 5), wm(-2 * MIN), a(2, -3 * MIN), wm(-MIN), a(3, -3 * MIN + 1), wm(-MIN + 1), a(4, -3 * MIN + 2)]);
c("calendar-day-utc", "Calendar days in UTC as fixed windows of 86400000 ms.", fixed(DAY), def, {}, [a(1, 0), a(2, DAY - 1), a(3, DAY), a(4, -1), wm(DAY), wm(2 * DAY)]);
c("calendar-days-dst-spring", "Calendar days in a zone with summer time: the day of the change has 23 hours.", calendarDays(1, "Europe/Berlin"), def, {}, [a(1, 1711753200000), a(2, 1711839600000), a(3, 1711922399999), a(4, 1711922400000), wm(1711922400000)]);
c("calendar-days-dst-autumn", "Calendar days: the day of the change back has 25 hours.", calendarDays(1, "Europe/Berlin"), def, {}, [a(1, 1729980000000), a(2, 1730069999999), a(3, 1730070000000), wm(1730070000000)]);
c("calendar-two-days", "Calendar windows of two days, counted from 1970-01-01; before that Java truncates toward zero.", calendarDays(2, "UTC"), def, {}, [a(1, 0), a(2, DAY), a(3, 2 * DAY), a(4, -1), a(5, -DAY), a(6, -2 * DAY - 1), wm(10 * DAY)]);
c("calendar-months", "Calendar months in New York.", calendarMonths(1, "America/New_York"), def, {}, [a(1, 1706763599999), a(2, 1706763600000), a(3, 1709269199999), a(4, 1709269200000), wm(1709269200000)]);
c("sliding-default", "Sliding windows: each element in size/period windows.", sliding(MIN, 20000), def, {}, [a(1, 0), a(2, 19999), a(3, 20000), a(4, 59999), wm(MIN), wm(2 * MIN)]);
c("sliding-negative", "Sliding windows around 1970; -30001 is below one period, see the quirk.", sliding(MIN, 30000), def, {}, [a(1, -1), a(2, -30000), a(3, -30001), a(4, 0), wm(3 * MIN)]);
c("sliding-offset", "Sliding windows with an offset.", sliding(MIN, 30000, 10000), def, {}, [a(1, 9999), a(2, 10000), a(3, 40000), wm(5 * MIN)]);
c("sliding-gaps", "Period longer than size: an element between the windows belongs to none; Java fails at run time (older versions dropped it).", sliding(20000, 60000), def, {}, [a(1, 0), a(2, 19999), a(3, 20000), a(4, 59999), a(5, 60000), wm(5 * MIN)]);
c("sliding-late-partly-dropped", "A late element is dropped for the windows that have expired and kept for the others.", sliding(MIN, 20000), eow(null, count(1)), late(20000), [a(1, 45000), wm(85000), a(2, 45001), wm(101000), a(3, 45002)]);
c("sliding-late-default", "Sliding, default trigger, lateness: each window has its own on-time and late panes.", sliding(MIN, 30000), def, { ...late(2 * MIN) }, [a(1, 40000), wm(MIN), a(2, 41000), wm(90000), a(3, 42000), wm(10 * MIN), a(4, 43000)]);
c("sliding-early-counts", "Sliding: element counts are per window.", sliding(MIN, 30000), repeat(count(2)), disc, [a(1, 10000), a(2, 40000), a(3, 70000), a(4, 41000), wm(10 * MIN)]);
c("global-default-refused", "Default trigger in the global window on an unbounded input: GroupByKey refuses.", global_, def, {}, [a(1, 0)]);
c("global-count-discarding", "Global window, every second element, discarding; what is left comes at the end, on time.", global_, repeat(count(2)), disc, [a(1, 0), a(2, 5), a(3, 1000), wm(DAY), a(4, 10), a(5, 20)]);
c("global-count-accumulating", "Global window, every second element, accumulating.", global_, repeat(count(2)), acc, [a(1, 0), a(2, 5), a(3, 1000), wm(DAY), a(4, 10), a(5, 20)]);
c("global-count-exhausted", "Global window, accumulating, nothing new at the end: is there an empty on-time pane?", global_, repeat(count(2)), acc, [a(1, 0), a(2, 5)]);
c("global-count-exhausted-if-non-empty", "The same with on-time FIRE_IF_NON_EMPTY.", global_, repeat(count(2)), { ...acc, onTimeBehavior: "FIRE_IF_NON_EMPTY" }, [a(1, 0), a(2, 5)]);
c("global-never", "Global window, never: one pane at the end of time.", global_, never, {}, [a(1, 0), wm(DAY), a(2, 5)]);
c("global-processing-time", "Global window, processing time, discarding.", global_, repeat(delay(1000)), disc, [a(1, 0), pt(500), a(2, 1), pt(501), a(3, 2), pt(999), pt(2)]);
c("global-end-of-window", "Global window, after end of window: at the end of time.", global_, eow(), {}, [a(1, 0), wm(DAY), a(2, 5)]);
c("global-early-late", "Global window with early firings.", global_, eow(count(2)), disc, [a(1, 0), a(2, 5), wm(DAY), a(3, 7)]);
c("element-behind-watermark-window-open", "An element behind the watermark in a window that is still open is not late.", fixed(), eow(null, count(1)), late(MIN), [wm(50000), a(1, 1000), wm(MIN)]);

// ------------------------------------------------------------------ lateness
c("late-dropped-lateness-0", "Lateness 0: an element after the end is dropped and counted.", fixed(), def, {}, [a(1, 1000), wm(MIN), a(2, 2000), e("b", 3, 2000)]);
c("default-late-within-lateness-accumulating", "Default trigger: every late element fires its own pane.", fixed(), def, { ...acc, ...late(MIN) }, [a(1, 1000), wm(MIN), a(2, 2000), a(3, 3000), wm(2 * MIN), a(4, 4000)]);
c("default-late-within-lateness-discarding", "The same, discarding.", fixed(), def, { ...disc, ...late(MIN) }, [a(1, 1000), wm(MIN), a(2, 2000), a(3, 3000), wm(2 * MIN), a(4, 4000)]);
c("lateness-boundary", "Watermark at end-1+lateness: kept; one more: dropped.", fixed(), def, { ...disc, ...late(10000) }, [a(1, 1000), wm(MIN + 9999), a(2, 1001), wm(MIN + 10000), a(3, 1002)]);
c("late-only-window", "A window whose only data is late: its first pane is LATE.", fixed(), def, { ...late(MIN) }, [wm(MIN + 1), a(1, 1000), a(2, 2000)]);
c("late-only-window-early-late-trigger", "The same with early and late firings.", fixed(), eow(count(1), count(1)), { ...late(MIN) }, [wm(MIN + 1), a(1, 1000), a(2, 2000)]);
c("late-only-window-late-count-2", "A window first seen late, late firings of two elements: the first late element fires at once (end of window reached).", fixed(), eow(null, count(2)), { ...late(MIN) }, [wm(MIN + 1), a(1, 1000), a(2, 2000), a(3, 3000), wm(3 * MIN)]);
c("late-only-window-discarding", "A window first seen late, discarding, late firings.", fixed(), eow(count(1), count(1)), { ...disc, ...late(MIN) }, [wm(MIN + 1), a(1, 1000), a(2, 2000)]);
c("gc-then-data", "Data for a window that has been collected is dropped; the next window is not touched.", fixed(), eow(count(1), count(1)), { ...late(MIN) }, [a(1, 1000), wm(2 * MIN), a(2, 2000), wm(2 * MIN + 1), a(3, 3000), a(4, 61000)]);
c("late-count-2-left-over", "Late firings of two: a single late element comes out at the window's collection.", fixed(), eow(null, count(2)), { ...acc, ...late(MIN) }, [a(1, 1000), wm(MIN), a(2, 2000), wm(2 * MIN)]);
c("late-count-2-left-over-discarding", "The same, discarding.", fixed(), eow(null, count(2)), { ...disc, ...late(MIN) }, [a(1, 1000), wm(MIN), a(2, 2000), wm(2 * MIN)]);
c("late-processing-time", "Late firings by processing time.", fixed(), eow(null, delay(1000)), { ...disc, ...late(MIN) }, [a(1, 1000), wm(MIN), a(2, 2000), pt(500), a(3, 3000), pt(501), a(4, 4000), wm(2 * MIN)]);
c("late-two-keys", "Lateness is per window, panes per key.", fixed(), eow(count(1), count(1)), { ...acc, ...late(MIN) }, [a(1, 1000), e("b", 10, 2000), wm(MIN), e("b", 11, 3000), e("c", 20, 3000), a(2, 4000), wm(3 * MIN), a(3, 1)]);
c("watermark-jump-over-lateness", "The watermark jumps over end and collection of several windows at once.", fixed(), eow(count(5), count(1)), { ...late(MIN) }, [a(1, 1000), a(2, 61000), a(3, 121000), wm(10 * MIN), a(4, 1000)]);
c("watermark-jump-over-lateness-closing", "The same with closing FIRE_ALWAYS: one pane that is on time and last.", fixed(), eow(count(5), count(1)), { ...late(MIN), closingBehavior: "FIRE_ALWAYS" }, [a(1, 1000), a(2, 61000), a(3, 121000), wm(10 * MIN), a(4, 1000)]);
c("watermark-jump-partial", "The watermark jumps past the end of three windows, past the lateness of one.", fixed(), def, { ...late(MIN) }, [a(1, 1000), a(2, 61000), a(3, 121000), wm(3 * MIN), a(4, 1001), a(5, 61001), a(6, 121001)]);
c("watermark-straight-to-end", "No watermark until infinity.", fixed(), eow(count(2), count(1)), { ...late(DAY) }, [a(1, 1000), a(2, 61000), e("b", 3, 5000)]);
c("long-lateness-at-end", "Lateness far beyond the data; infinity closes all with nothing new.", fixed(), eow(null, count(1)), { ...late(1000 * DAY) }, [a(1, 1000), wm(MIN), a(2, 2000), wm(100 * DAY), a(3, 3000)]);

// ------------------------------------------------------------------ Beam's LeaderBoardTest (teams, 20 minutes, lateness 1 hour, accumulating)
const LB = fixed(20 * MIN), lbTrigger = eow(delay(5 * MIN), delay(10 * MIN)), lb = { ...acc, ...late(HOUR) };
c("leaderboard-on-time", "LeaderBoardTest: all on time.", LB, lbTrigger, lb, [wm(0), e("blue", 3, 0), e("blue", 2, 0), e("red", 3, 0), wm(3 * MIN), e("red", 4, 3 * MIN), e("blue", 5, 2 * MIN)]);
c("leaderboard-speculative", "LeaderBoardTest: early panes five minutes after the first element.", LB, lbTrigger, lb, [wm(0), e("blue", 3, 0), e("blue", 2, MIN), pt(10 * MIN), e("red", 5, 3 * MIN), pt(10 * MIN), e("blue", 3, 3 * MIN), pt(10 * MIN)]);
c("leaderboard-unobservably-late", "LeaderBoardTest: behind the watermark, but before the end of the window.", LB, lbTrigger, lb, [wm(0), e("blue", 3, 0), e("blue", 2, 3 * MIN), wm(20 * MIN - 60000), e("blue", 5, 12 * MIN), wm(20 * MIN)]);
c("leaderboard-observably-late", "LeaderBoardTest: after the on-time pane, within lateness.", LB, lbTrigger, lb, [wm(0), e("red", 2, 0), e("red", 1, MIN), wm(20 * MIN - 1), e("blue", 3, MIN), pt(10 * MIN + 1), wm(20 * MIN), e("red", 4, 2 * MIN), e("red", 8, 3 * MIN), pt(10 * MIN + 1), wm(20 * MIN + 30 * MIN), e("blue", 5, 4 * MIN)]);
c("leaderboard-droppably-late", "LeaderBoardTest: beyond lateness.", LB, lbTrigger, lb, [wm(0), e("blue", 3, 0), e("red", 7, MIN), wm(20 * MIN + HOUR + 1), e("blue", 9, 19 * MIN), e("red", 4, 10 * MIN), e("red", 5, 20 * MIN + HOUR + 5)]);
c("leaderboard-users-global", "LeaderBoard's user scores: global window, ten minutes of processing time, accumulating.", global_, repeat(delay(10 * MIN)), { ...acc, ...late(HOUR) }, [e("u1", 12, 0), e("u2", 3, 0), pt(12 * MIN), e("u1", 4, 1), e("u1", 5, 2), pt(10 * MIN), pt(1)]);

// ------------------------------------------------------------------ afterEndOfWindow
c("eow-lateness-0", "After end of window alone, lateness 0.", fixed(), eow(), {}, [a(1, 1000), wm(MIN), a(2, 2000), a(3, 61000)]);
c("eow-finishes-with-lateness", "After end of window alone with lateness: the trigger is finished after the on-time pane, later data is dropped (Java refuses such a trigger by default).", fixed(), eow(), late(MIN), [a(1, 1000), wm(MIN), a(2, 2000), wm(3 * MIN), a(3, 3000)]);
c("eow-repeat", "Repeated after end of window = default.", fixed(), repeat(eow()), { ...disc, ...late(MIN) }, [a(1, 1000), wm(MIN), a(2, 2000), a(3, 2001), wm(3 * MIN)]);
c("eow-early-count", "Early firings of two elements repeat; the on-time pane ends the trigger at lateness 0.", fixed(), eow(count(2)), acc, [a(1, 1), a(2, 2), a(3, 3), a(4, 4), a(5, 5), wm(MIN)]);
c("eow-early-count-discarding", "The same, discarding.", fixed(), eow(count(2)), disc, [a(1, 1), a(2, 2), a(3, 3), a(4, 4), a(5, 5), wm(MIN)]);
c("eow-early-only-with-lateness", "Early firings, no late firings, lateness: finished after on time (refused by default).", fixed(), eow(count(1)), { ...acc, ...late(MIN) }, [a(1, 1), wm(MIN), a(2, 2)]);
c("eow-early-processing-time", "Early firings by processing time.", fixed(), eow(delay(1000), count(1)), { ...disc, ...late(MIN) }, [a(1, 1), pt(1001), a(2, 2), pt(500), a(3, 3), pt(501), wm(MIN), a(4, 4), pt(5000)]);
c("eow-early-any", "Early firings by count or processing time: after the first firing Java does not reset the parts, so every element fires.", fixed(), eow(any(count(3), delay(1000)), count(1)), { ...disc, ...late(MIN) }, [a(1, 1), a(2, 2), a(3, 3), a(4, 4), pt(1001), a(5, 5), wm(MIN), a(6, 6)]);
c("eow-early-all", "Early firings by count and processing time: after the first firing Java does not reset the parts, so every element fires.", fixed(), eow(all(count(2), delay(1000)), count(1)), { ...disc, ...late(MIN) }, [a(1, 1), pt(1001), a(2, 2), a(3, 3), a(4, 4), pt(1001), wm(MIN)]);
c("eow-early-state-cleared-at-on-time", "The element count of early firings does not carry over to late firings.", fixed(), eow(count(2), count(2)), { ...disc, ...late(MIN) }, [a(1, 1), wm(MIN), a(2, 2), a(3, 3), a(4, 4), wm(2 * MIN + 1)]);
c("eow-early-just-fired", "An early pane has just taken all: the on-time pane is empty and fires all the same.", fixed(), eow(count(1), count(1)), { ...disc, ...late(MIN) }, [a(1, 1), wm(MIN), wm(3 * MIN)]);
c("eow-early-just-fired-accumulating", "The same, accumulating: the on-time pane repeats the values.", fixed(), eow(count(1), count(1)), { ...acc, ...late(MIN) }, [a(1, 1), wm(MIN), wm(3 * MIN)]);
c("eow-early-never", "Early firings that never come.", fixed(), eow(never, count(1)), { ...acc, ...late(MIN) }, [a(1, 1), wm(MIN), a(2, 2)]);
c("eow-late-never", "Late firings that never come: late data comes out at collection.", fixed(), eow(count(1), never), { ...acc, ...late(MIN) }, [a(1, 1), wm(MIN), a(2, 2), a(3, 3), wm(2 * MIN), wm(2 * MIN + 1)]);
c("eow-late-any", "Late firings by count or processing time: the parts are not reset either.", fixed(), eow(null, any(count(3), delay(1000))), { ...disc, ...late(HOUR) }, [a(1, 1), wm(MIN), a(2, 2), pt(1001), a(3, 3), a(4, 4), a(5, 5), a(6, 6)]);
c("eow-nested-in-early", "After end of window inside early firings.", fixed(), eow(all(count(1), eow()), count(1)), { ...disc, ...late(HOUR) }, [a(1, 1), wm(MIN), a(2, 2), wm(2 * MIN)]);

// ------------------------------------------------------------------ on-time and closing behaviours
for (const [cb, cn] of [["FIRE_ALWAYS", "always"], ["FIRE_IF_NON_EMPTY", "nonempty"]])
  for (const [ob, on] of [["FIRE_ALWAYS", "always"], ["FIRE_IF_NON_EMPTY", "nonempty"]])
    for (const [m, mn] of [[acc, "accumulating"], [disc, "discarding"]]) {
      c(`behaviour-closing-${cn}-ontime-${on}-${mn}`, `Early pane, empty on time, late pane, empty closing: closing ${cb}, on time ${ob}, ${mn}.`, fixed(), eow(count(1), count(1)),
        { ...m, ...late(MIN), closingBehavior: cb, onTimeBehavior: ob }, [a(1, 1), wm(MIN), a(2, 2), wm(3 * MIN), a(3, 3)]);
      c(`behaviour-jump-closing-${cn}-ontime-${on}-${mn}`, `Early pane, then the watermark jumps beyond collection: closing ${cb}, on time ${ob}, ${mn}.`, fixed(), eow(count(1), count(1)),
        { ...m, ...late(MIN), closingBehavior: cb, onTimeBehavior: ob }, [a(1, 1), wm(5 * MIN)]);
    }
c("closing-always-lateness-0", "Closing FIRE_ALWAYS at lateness 0: the on-time pane is the last one.", fixed(), def, { closingBehavior: "FIRE_ALWAYS" }, [a(1, 1), wm(MIN)]);
c("closing-nonempty-lateness-0", "Closing FIRE_IF_NON_EMPTY at lateness 0, default trigger: is the on-time pane marked last?", fixed(), def, {}, [a(1, 1), wm(MIN)]);
c("closing-always-late-data-pending", "Closing with data pending: one last pane with it.", fixed(), eow(null, count(5)), { ...disc, ...late(MIN), closingBehavior: "FIRE_ALWAYS" }, [a(1, 1), wm(MIN), a(2, 2), wm(3 * MIN)]);
c("closing-always-late-only", "A late-only window with closing FIRE_ALWAYS.", fixed(), eow(count(1), count(1)), { ...disc, ...late(MIN), closingBehavior: "FIRE_ALWAYS" }, [wm(MIN + 5), a(1, 1), wm(3 * MIN)]);
c("closing-always-finished-trigger", "Closing FIRE_ALWAYS does not bring a finished trigger back.", fixed(), count(1), { ...disc, ...late(MIN), closingBehavior: "FIRE_ALWAYS" }, [a(1, 1), a(2, 2), wm(3 * MIN)]);
c("closing-always-sessions", "Sessions with closing FIRE_ALWAYS.", sessions(10000), eow(count(1), count(1)), { ...disc, ...late(MIN), closingBehavior: "FIRE_ALWAYS" }, [a(1, 0), a(2, 5000), wm(30000), wm(5 * MIN)]);
c("never-closing-nonempty", "Never, closing FIRE_IF_NON_EMPTY: one pane at collection.", fixed(), never, late(MIN), [a(1, 1), wm(MIN), a(2, 2), wm(2 * MIN), wm(2 * MIN + 1)]);
c("never-closing-always", "Never, closing FIRE_ALWAYS.", fixed(), never, { ...late(MIN), closingBehavior: "FIRE_ALWAYS" }, [a(1, 1), wm(MIN), a(2, 2), wm(3 * MIN)]);
c("never-lateness-0", "Never at lateness 0: the pane at the end of the window.", fixed(), never, {}, [a(1, 1), wm(MIN), a(2, 2)]);
c("never-late-only", "Never, late-only window.", fixed(), never, late(MIN), [wm(MIN + 1), a(1, 1), a(2, 2), wm(3 * MIN)]);
c("never-sessions", "Never with sessions.", sessions(10000), never, late(MIN), [a(1, 0), a(2, 15000), wm(40000), a(3, 7000), wm(5 * MIN)]);
c("ontime-nonempty-count", "Repeated count without a watermark trigger, on time FIRE_IF_NON_EMPTY: the remainder comes at collection.", fixed(), repeat(count(2)), { ...disc, ...late(MIN), onTimeBehavior: "FIRE_IF_NON_EMPTY" }, [a(1, 1), a(2, 2), a(3, 3), wm(MIN), wm(3 * MIN)]);

// ------------------------------------------------------------------ element counts
c("count-once", "A count that is not repeated: fires once, then all is dropped (refused by default).", fixed(), count(2), { ...disc, ...late(MIN) }, [a(1, 1), a(2, 2), a(3, 3), wm(MIN), a(4, 4)]);
c("count-repeat-remainder-at-gc", "Repeated count, lateness: the remainder comes at collection; timing is on time, since no on-time pane came before.", fixed(), repeat(count(2)), { ...disc, ...late(MIN) }, [a(1, 1), a(2, 2), a(3, 3), wm(MIN), wm(2 * MIN), wm(2 * MIN + 1)]);
c("count-repeat-lateness-0", "Repeated count, lateness 0.", fixed(), repeat(count(2)), { ...acc }, [a(1, 1), a(2, 2), a(3, 3), wm(MIN), a(4, 4)]);
c("count-repeat-on-time-pane-after-end", "Repeated count: the first firing after the end is the on-time one, the next is late.", fixed(), repeat(count(2)), { ...disc, ...late(MIN) }, [a(1, 1), wm(MIN), a(2, 2), a(3, 3), a(4, 4), wm(5 * MIN)]);
c("count-several-in-one-event", "Five elements in one event, count of two: the trigger is looked at after the whole bundle.", fixed(), repeat(count(2)), { ...disc }, [es(["a", 1, 1], ["a", 2, 2], ["a", 3, 3], ["a", 4, 4], ["a", 5, 5]), a(6, 6), a(7, 7), wm(MIN)]);
c("count-several-in-one-event-two-windows", "Elements of two windows and two keys in one event.", fixed(), repeat(count(2)), { ...disc }, [es(["a", 1, 1], ["a", 2, 60002], ["b", 3, 3], ["a", 4, 4], ["b", 5, 60005]), a(6, 60006), wm(3 * MIN)]);
c("count-1-several-in-one-event", "Count of one, three elements in one event: one pane.", fixed(), repeat(count(1)), { ...disc }, [es(["a", 1, 1], ["a", 2, 2], ["a", 3, 3]), wm(MIN)]);
c("count-sessions-several-in-one-event", "Elements in one event that make one session.", sessions(10000), repeat(count(2)), { ...disc }, [es(["a", 1, 0], ["a", 2, 9000], ["a", 3, 18000], ["a", 4, 60000]), wm(5 * MIN)]);
c("count-1-jump-beyond-collection", "Counts only, lateness, the watermark jumps beyond collection: no empty on-time pane.", fixed(), repeat(count(1)), { ...disc, ...late(MIN) }, [a(1, 1), wm(5 * MIN)]);
c("count-1-jump-beyond-collection-two-windows", "The same with two windows: the first one's collection timer still holds the output watermark at 119999, so the second one gets an empty on-time pane.", fixed(), repeat(count(1)), { ...disc, ...late(MIN) }, [a(1, 1), a(2, 61000), wm(5 * MIN)]);
c("count-1-jump-beyond-collection-two-keys", "The same with two keys in two windows.", fixed(), repeat(count(1)), { ...disc, ...late(MIN) }, [a(1, 1), e("b", 2, 61000), wm(5 * MIN)]);
c("count-1-steps-beyond-collection-two-windows", "The same in steps: the timers go one by one and no empty pane comes.", fixed(), repeat(count(1)), { ...disc, ...late(MIN) }, [a(1, 1), a(2, 61000), wm(MIN), wm(2 * MIN), wm(3 * MIN), wm(4 * MIN), wm(5 * MIN)]);
c("count-1-closing-always-jump", "Counts only, closing FIRE_ALWAYS, jump beyond collection.", fixed(), repeat(count(1)), { ...disc, ...late(MIN), closingBehavior: "FIRE_ALWAYS" }, [a(1, 1), wm(5 * MIN)]);
c("count-late-and-on-time-in-one-event", "One event with elements that are on time, late and dropped.", fixed(), eow(count(10), count(1)), { ...disc, ...late(MIN) }, [a(1, 61000), wm(2 * MIN + 1), es(["a", 2, 1000], ["a", 3, 62000], ["a", 4, 121000]), wm(5 * MIN)]);

// ------------------------------------------------------------------ processing time
c("pt-exact-delay", "Processing time exactly at the target does not fire; the next millisecond does.", fixed(), repeat(delay(1000)), { ...disc, ...late(MIN) }, [a(1, 1), pt(1000), pt(1), wm(5 * MIN)]);
c("pt-exact-delay-then-element", "Processing time exactly at the target, then another element.", fixed(), repeat(delay(1000)), { ...disc, ...late(MIN) }, [a(1, 1), pt(1000), a(2, 2), pt(1), wm(5 * MIN)]);
c("pt-delay-0", "Delay 0.", fixed(), repeat(delay(0)), { ...disc, ...late(MIN) }, [a(1, 1), a(2, 2), pt(1), a(3, 3), wm(5 * MIN)]);
c("pt-first-element-in-pane", "The delay counts from the first element of the pane, not from the last.", fixed(), repeat(delay(1000)), { ...acc, ...late(MIN) }, [a(1, 1), pt(600), a(2, 2), pt(401), a(3, 3), pt(600), a(4, 4), pt(401), wm(5 * MIN)]);
c("pt-once", "Not repeated: fires once, then drops (refused by default).", fixed(), delay(1000), { ...acc, ...late(MIN) }, [a(1, 1), pt(1001), a(2, 2), pt(1001), wm(5 * MIN)]);
c("pt-align", "Delay, then aligned to ten seconds.", fixed(), repeat(delay(1000, { periodMs: 10000 })), { ...disc, ...late(MIN) }, [pt(3000), a(1, 1), pt(7000), pt(1), a(2, 2), pt(9999), pt(1), wm(5 * MIN)]);
c("pt-align-on-boundary", "Target exactly on the boundary stays there.", fixed(), repeat(delay(1000, { periodMs: 10000 })), { ...disc, ...late(MIN) }, [pt(9000), a(1, 1), pt(1000), pt(1), wm(5 * MIN)]);
c("pt-align-offset", "Aligned with an offset.", fixed(), repeat(delay(0, { periodMs: 10000, offsetMs: 2500 })), { ...disc, ...late(MIN) }, [pt(3000), a(1, 1), pt(9500), pt(1), wm(5 * MIN)]);
c("pt-big-jump", "One jump over many delays: one pane.", fixed(), repeat(delay(1000)), { ...disc, ...late(MIN) }, [a(1, 1), a(2, 61000), pt(DAY), a(3, 3), wm(5 * MIN)]);
c("pt-pending-at-end-of-window", "Processing-time trigger alone: the watermark passing the end fires nothing; the pane comes by processing time and is on time.", fixed(), repeat(delay(1000)), { ...disc, ...late(MIN) }, [a(1, 1), wm(MIN), pt(1001), a(2, 2), pt(1001), wm(5 * MIN)]);
c("pt-pending-at-gc", "Collection before the processing time comes.", fixed(), repeat(delay(1000)), { ...disc, ...late(MIN) }, [a(1, 1), wm(5 * MIN), pt(5000), a(2, 2)]);
c("pt-two-keys", "Delays are per key and window.", fixed(), repeat(delay(1000)), { ...disc, ...late(MIN) }, [a(1, 1), pt(500), e("b", 2, 1), a(3, 61000), pt(501), pt(500), wm(5 * MIN)]);
c("pt-sessions-merge", "Merged sessions keep the earlier target.", sessions(10000), repeat(delay(1000)), { ...disc, ...late(MIN) }, [a(1, 0), pt(500), a(2, 15000), a(3, 8000), pt(501), a(4, 9000), pt(1001), wm(5 * MIN)]);
c("sync-processing-time", "Synchronized processing time (the continuation of a delay): fires as soon as the clock has moved.", fixed(), repeat(sync), { ...disc, ...late(MIN) }, [a(1, 1), a(2, 2), pt(1), a(3, 3), pt(1), wm(5 * MIN)]);

// ------------------------------------------------------------------ composed triggers
c("any-count-eow", "Repeated first of count 3 and end of window.", fixed(), repeat(any(count(3), eow())), { ...acc, ...late(MIN) }, [a(1, 1), a(2, 2), a(3, 3), a(4, 4), wm(MIN), a(5, 5), wm(3 * MIN)]);
c("any-once", "First of, not repeated (refused by default).", fixed(), any(count(2), delay(1000)), { ...acc, ...late(MIN) }, [a(1, 1), pt(1001), a(2, 2), a(3, 3), wm(3 * MIN)]);
c("any-resets-the-other", "When one fires the other starts over.", fixed(), repeat(any(count(3), delay(1000))), { ...disc, ...late(MIN) }, [a(1, 1), a(2, 2), pt(1001), a(3, 3), a(4, 4), pt(500), a(5, 5), a(6, 6), pt(501), pt(500), wm(3 * MIN)]);
c("all-count-eow", "Both count 2 and end of window.", fixed(), repeat(all(count(2), eow())), { ...disc, ...late(MIN) }, [a(1, 1), wm(MIN), a(2, 2), a(3, 3), a(4, 4), wm(3 * MIN)]);
c("all-count-pt", "Both count 2 and a delay.", fixed(), repeat(all(count(2), delay(1000))), { ...disc, ...late(MIN) }, [a(1, 1), a(2, 2), a(3, 3), pt(1001), a(4, 4), pt(1001), a(5, 5), wm(3 * MIN)]);
c("all-once", "Both, not repeated (refused by default).", fixed(), all(count(1), eow()), { ...disc, ...late(MIN) }, [a(1, 1), wm(MIN), a(2, 2), wm(3 * MIN)]);
c("each-counts", "Counts 1, 2, 3 in order, then finished (refused by default).", fixed(), each(count(1), count(2), count(3)), { ...disc }, [1, 2, 3, 4, 5, 6, 7, 8].map((v) => a(v, v)).concat([wm(MIN)]));
c("each-repeat", "Repeated sequence of counts 1 and 2.", fixed(), repeat(each(count(1), count(2))), { ...disc }, [1, 2, 3, 4, 5, 6, 7, 8].map((v) => a(v, v)).concat([wm(MIN)]));
c("each-ends-in-repeat", "A sequence whose last never finishes.", fixed(), each(count(3), repeat(count(1))), { ...disc, ...late(MIN) }, [1, 2, 3, 4, 5].map((v) => a(v, v)).concat([wm(MIN), a(6, 6)]));
c("each-early-then-default", "Sequence of a processing-time repeat until the end, then late counts, spelled out by hand.", fixed(), each(orFinally(repeat(delay(1000)), eow()), repeat(count(2))), { ...disc, ...late(MIN) }, [a(1, 1), pt(1001), a(2, 2), wm(MIN), a(3, 3), a(4, 4), a(5, 5), wm(3 * MIN)]);
c("each-eow-then-count", "End of window, then counts of two.", fixed(), each(eow(), repeat(count(2))), { ...disc, ...late(MIN) }, [a(1, 1), wm(MIN), a(2, 2), a(3, 3), wm(3 * MIN)]);
c("each-several-in-one-event", "A sequence takes one step for a bundle, however many elements.", fixed(), each(count(1), count(2), repeat(count(1))), { ...disc, ...late(MIN) }, [es(["a", 1, 1], ["a", 2, 2], ["a", 3, 3], ["a", 4, 4]), a(5, 5), a(6, 6), a(7, 7), wm(3 * MIN)]);
c("or-finally-count", "Beam's own example: every two, finally five; five counts all elements.", fixed(), orFinally(repeat(count(2)), count(5)), { ...disc }, [1, 2, 3, 4, 5, 6, 7].map((v) => a(v, v)).concat([wm(MIN)]));
c("or-finally-count-accumulating", "The same, accumulating.", fixed(), orFinally(repeat(count(2)), count(5)), { ...acc }, [1, 2, 3, 4, 5, 6, 7].map((v) => a(v, v)).concat([wm(MIN)]));
c("or-finally-pt", "Every element until a second has passed.", fixed(), orFinally(repeat(count(1)), delay(1000)), { ...disc, ...late(MIN) }, [a(1, 1), pt(500), a(2, 2), pt(501), a(3, 3), wm(3 * MIN)]);
c("or-finally-eow", "Every element until the end of the window; then finished, whatever the lateness.", fixed(), orFinally(repeat(count(1)), eow()), { ...disc, ...late(MIN) }, [a(1, 1), a(2, 2), wm(MIN), a(3, 3), wm(3 * MIN)]);
c("or-finally-repeated", "A repeated or-finally starts over.", fixed(), repeat(orFinally(repeat(count(2)), count(3))), { ...disc, ...late(MIN) }, [1, 2, 3, 4, 5, 6, 7, 8, 9].map((v) => a(v, v)).concat([wm(3 * MIN)]));
c("or-finally-main-finishes", "The main trigger finishes first.", fixed(), orFinally(count(2), count(5)), { ...disc }, [1, 2, 3, 4, 5, 6].map((v) => a(v, v)).concat([wm(MIN)]));
c("or-finally-never", "Or finally never = the main trigger alone.", fixed(), orFinally(repeat(count(2)), never), { ...disc }, [1, 2, 3].map((v) => a(v, v)).concat([wm(MIN)]));
c("repeat-repeat", "Repeated repeated.", fixed(), repeat(repeat(count(2))), { ...disc }, [1, 2, 3].map((v) => a(v, v)).concat([wm(MIN)]));
c("repeat-default", "Repeated default.", fixed(), repeat(def), { ...disc, ...late(MIN) }, [a(1, 1), wm(MIN), a(2, 2), wm(3 * MIN)]);
c("repeat-early-late", "Repeated end of window with early firings only: after the on-time pane it starts over and every late element fires.", fixed(), repeat(eow(count(2))), { ...disc, ...late(MIN) }, [a(1, 1), a(2, 2), a(3, 3), wm(MIN), a(4, 4), a(5, 5), wm(3 * MIN)]);
c("always", "Java's internal Reshuffle trigger: fires at every element.", fixed(), always, { ...disc, ...late(MIN) }, [a(1, 1), a(2, 2), wm(MIN), a(3, 3), wm(3 * MIN)]);
c("always-accumulating", "The same, accumulating.", fixed(), always, { ...acc, ...late(MIN) }, [a(1, 1), a(2, 2), wm(MIN), a(3, 3), wm(3 * MIN)]);

// ------------------------------------------------------------------ timestamps
for (const tc of ["END_OF_WINDOW", "EARLIEST", "LATEST"]) {
  const n = tc.toLowerCase().replaceAll("_", "-");
  c(`combiner-${n}-fixed`, `${tc} over early, on-time and late panes.`, fixed(), eow(count(2), count(1)), { ...acc, ...late(MIN), timestampCombiner: tc }, [a(1, 5000), a(2, 3000), a(3, 9000), wm(20000), a(4, 8000), wm(MIN), a(5, 4000), wm(3 * MIN)]);
  c(`combiner-${n}-discarding`, `${tc}, discarding.`, fixed(), eow(count(2), count(1)), { ...disc, ...late(MIN), timestampCombiner: tc }, [a(1, 5000), a(2, 3000), a(3, 9000), a(4, 8000), a(5, 7000), wm(MIN), a(6, 4000), wm(3 * MIN)]);
  c(`combiner-${n}-sessions`, `${tc} with sessions that merge.`, sessions(10000), def, { ...acc, ...late(MIN), timestampCombiner: tc }, [a(1, 20000), a(2, 5000), a(3, 12000), wm(40000), a(4, 25000), wm(5 * MIN)]);
  c(`combiner-${n}-sliding`, `${tc} with sliding windows.`, sliding(MIN, 30000), def, { timestampCombiner: tc }, [a(1, 40000), a(2, 70000), wm(10 * MIN)]);
  c(`combiner-${n}-global`, `${tc} in the global window.`, global_, repeat(count(2)), { ...disc, timestampCombiner: tc }, [a(1, 5000), a(2, 3000), wm(10000), a(3, 4000), a(4, 20000), a(5, 15000)]);
  c(`combiner-${n}-empty-on-time`, `${tc}: the timestamp of an empty on-time pane.`, fixed(), eow(count(1), count(1)), { ...disc, ...late(MIN), timestampCombiner: tc, closingBehavior: "FIRE_ALWAYS" }, [a(1, 5000), wm(MIN), wm(3 * MIN)]);
}
c("combiner-earliest-behind-watermark", "EARLIEST: an element behind the watermark does not set the pane's timestamp.", fixed(), eow(count(10), count(1)), { ...acc, ...late(MIN), timestampCombiner: "EARLIEST" }, [wm(20000), a(1, 5000), a(2, 30000), wm(MIN)]);
c("combiner-earliest-behind-watermark-alone", "EARLIEST: only an element behind the watermark.", fixed(), eow(count(10), count(1)), { ...acc, ...late(MIN), timestampCombiner: "EARLIEST" }, [wm(20000), a(1, 5000), wm(MIN)]);
c("combiner-latest-behind-watermark", "LATEST: elements behind the watermark.", fixed(), eow(count(10), count(1)), { ...acc, ...late(MIN), timestampCombiner: "LATEST" }, [wm(20000), a(1, 5000), a(2, 30000), a(3, 25000), wm(MIN)]);
c("combiner-earliest-holds-output-watermark", "EARLIEST: key a's element holds the output watermark, so key b's late element is judged by the input watermark.", fixed(), repeat(delay(1000)), { ...acc, ...late(MIN), timestampCombiner: "EARLIEST" }, [a(1, 5000), wm(MIN + 5), e("b", 2, 6000), pt(1001), e("b", 3, 7000), pt(1001), wm(3 * MIN)]);
c("end-of-window-output-watermark-free", "END_OF_WINDOW: the same, for comparison.", fixed(), repeat(delay(1000)), { ...acc, ...late(MIN) }, [a(1, 5000), wm(MIN + 5), e("b", 2, 6000), pt(1001), e("b", 3, 7000), pt(1001), wm(3 * MIN)]);

// ------------------------------------------------------------------ sessions
c("session-simple", "Two sessions of one key.", sessions(10000), def, {}, [a(1, 0), a(2, 5000), a(3, 30000), wm(MIN)]);
c("session-gap-boundary", "An element exactly a gap later: does it join?", sessions(10000), def, {}, [a(1, 0), a(2, 10000), a(3, 19999), wm(MIN)]);
c("session-bridge", "An element joins two sessions that have not fired.", sessions(10000), def, {}, [a(1, 0), a(2, 15000), a(3, 8000), wm(MIN)]);
c("session-keys-apart", "Sessions are per key.", sessions(10000), def, {}, [a(1, 0), e("b", 2, 5000), a(3, 9000), e("b", 4, 16000), wm(MIN)]);
c("session-duplicates", "The same timestamp twice.", sessions(10000), def, {}, [a(1, 0), a(2, 0), wm(MIN)]);
c("session-negative", "Sessions across 1970.", sessions(10000), def, {}, [a(1, -5000), a(2, 4999), a(3, 15000), wm(MIN)]);
c("session-out-of-order", "Elements in reverse order build one session.", sessions(10000), def, {}, [a(1, 27000), a(2, 18000), a(3, 9000), a(4, 0), wm(MIN)]);
for (const [m, n] of [[acc, "accumulating"], [disc, "discarding"]]) {
  c(`session-late-bridge-${n}`, `A late element joins two sessions that have fired on time, ${n}.`, sessions(10000), def, { ...m, ...late(MIN) }, [a(1, 0), a(2, 15000), wm(26000), a(3, 8000), wm(5 * MIN)]);
  c(`session-late-bridge-one-open-${n}`, `A late element joins a session that has fired and one that is open, ${n}.`, sessions(10000), def, { ...m, ...late(MIN) }, [a(1, 0), a(2, 15000), wm(12000), a(3, 8000), wm(5 * MIN)]);
  c(`session-early-merge-${n}`, `Two sessions with early panes merge: what becomes of pane index and values, ${n}.`, sessions(10000), eow(count(1), count(1)), { ...m, ...late(MIN) }, [a(1, 0), a(2, 15000), a(3, 8000), wm(40000), a(4, 9000), wm(5 * MIN)]);
  c(`session-extended-after-on-time-${n}`, `A late element makes a fired session longer, beyond the watermark, ${n}.`, sessions(10000), eow(count(1), count(1)), { ...m, ...late(MIN) }, [a(1, 0), wm(12000), a(2, 8000), wm(20000), a(3, 1000), wm(5 * MIN)]);
  c(`session-inside-existing-${n}`, `A late element inside a fired session that does not change the window, ${n}.`, sessions(10000), eow(count(1), count(1)), { ...m, ...late(MIN) }, [a(1, 0), a(2, 8000), wm(20000), a(3, 4000), wm(5 * MIN)]);
  c(`session-count-merge-${n}`, `Element counts add up when sessions merge, ${n}.`, sessions(10000), repeat(count(3)), { ...m, ...late(MIN) }, [a(1, 0), a(2, 15000), a(3, 8000), a(4, 9000), wm(5 * MIN)]);
  c(`session-late-count-2-${n}`, `Late firings of two and sessions that merge late, ${n}.`, sessions(10000), eow(null, count(2)), { ...m, ...late(MIN) }, [a(1, 0), a(2, 15000), wm(26000), a(3, 8000), a(4, 9000), wm(5 * MIN)]);
}
c("session-expired-alone", "A late element whose own session has expired is dropped.", sessions(10000), def, late(5000), [a(1, 0), wm(16000), a(2, 1000), wm(MIN)]);
c("session-expired-but-would-merge", "A late element whose own window has expired, though a live session would have taken it in: dropped before merging.", sessions(10000), def, late(5000), [a(1, 0), a(2, 9000), a(3, 18000), wm(17000), a(4, 1500), wm(MIN)]);
c("session-late-not-expired-merges-live", "A late element, not expired, joins a live session and is then not late at all.", sessions(10000), eow(count(1), count(1)), { ...disc, ...late(5000) }, [a(1, 9000), wm(12000), a(2, 1000), wm(MIN)]);
c("session-lateness-0-late-bridge", "Lateness 0: the element between is dropped since its own window is over.", sessions(10000), def, {}, [a(1, 0), a(2, 15000), wm(19000), a(3, 8000), wm(MIN)]);
c("session-lateness-0-behind-watermark-joins", "Lateness 0: behind the watermark, own window still open, joins a session.", sessions(10000), def, {}, [a(1, 0), a(2, 15000), wm(9000), a(3, 8000), wm(MIN)]);
c("session-three-way-merge", "Three sessions become one in two steps.", sessions(10000), eow(count(2), count(1)), { ...disc, ...late(MIN) }, [a(1, 0), a(2, 18000), a(3, 36000), a(4, 9000), a(5, 27000), wm(50000), wm(5 * MIN)]);
c("session-eow-finished-late-merge", "After end of window alone: a finished session meets a new element that merges with it (refused by default).", sessions(10000), eow(), { ...acc, ...late(MIN) }, [a(1, 0), wm(12000), a(2, 5000), a(3, 14000), wm(5 * MIN)]);
c("session-count-once-merge", "A finished count and a merge (refused by default).", sessions(10000), count(2), { ...disc, ...late(MIN) }, [a(1, 0), a(2, 5000), a(3, 20000), a(4, 12000), wm(5 * MIN)]);
c("session-each", "A sequence with sessions: all parts count in parallel when windows can merge.", sessions(10000), each(count(2), repeat(count(3))), { ...disc, ...late(MIN) }, [a(1, 0), a(2, 1000), a(3, 2000), a(4, 3000), a(5, 4000), a(6, 5000), wm(5 * MIN)]);
c("session-each-merge", "A sequence whose first part finished in one of the merged sessions.", sessions(10000), each(count(2), repeat(count(3))), { ...disc, ...late(MIN) }, [a(1, 0), a(2, 1000), a(3, 15000), a(4, 9000), a(5, 9500), a(6, 9600), wm(5 * MIN)]);
c("session-each-delay-merge", "A delay that has fired waits anew when a merge makes a new session, though it had finished in all that were merged (a count would stay finished).", sessions(10000), each(delay(0), repeat(count(2))), { ...disc, ...late(MIN) }, [a(1, 0), pt(1), a(2, 5000), a(3, 6000), pt(1), a(4, 7000), a(5, 7500), wm(5 * MIN)]);
c("session-each-delay-merge-same-window", "The same, but the session stays as it is: the delay stays finished.", sessions(10000), each(delay(0), repeat(count(2))), { ...disc, ...late(MIN) }, [a(1, 0), a(2, 5000), pt(1), a(3, 4000), a(4, 3000), pt(1), a(5, 2000), a(6, 1000), wm(5 * MIN)]);
c("session-or-finally-delay-merge", "Until a delay has passed, in sessions that grow: merged ones begin anew.", sessions(10000), repeat(orFinally(repeat(count(2)), delay(1000))), { ...disc, ...late(MIN) }, [a(1, 0), pt(1001), a(2, 5000), a(3, 6000), a(4, 7000), pt(1001), a(5, 8000), wm(5 * MIN)]);
c("session-each-or-finally-delay-merge", "Every two until a delay has passed, then every one; a session that grows goes back to the first part.", sessions(10000), each(orFinally(repeat(count(2)), delay(1000)), repeat(count(1))), { ...disc, ...late(MIN) }, [a(1, 0), pt(1001), a(2, 5000), a(3, 4000), a(4, 6000), a(5, 7000), pt(1001), a(6, 6500), a(7, 6000), wm(5 * MIN)]);
c("session-or-finally-merge", "Or-finally with merging sessions.", sessions(10000), orFinally(repeat(count(2)), count(4)), { ...disc, ...late(MIN) }, [a(1, 0), a(2, 1000), a(3, 15000), a(4, 9000), a(5, 9500), wm(5 * MIN)]);
c("session-any-merge", "First-of with merging sessions.", sessions(10000), repeat(any(count(3), delay(1000))), { ...disc, ...late(MIN) }, [a(1, 0), a(2, 15000), pt(1001), a(3, 8000), a(4, 9000), pt(1001), wm(5 * MIN)]);
c("session-all-merge", "All-of with merging sessions.", sessions(10000), repeat(all(count(3), delay(1000))), { ...disc, ...late(MIN) }, [a(1, 0), a(2, 15000), pt(1001), a(3, 8000), a(4, 9000), pt(1001), wm(5 * MIN)]);
c("session-closing-always-merged", "Closing FIRE_ALWAYS: the merged-away sessions have no last pane of their own.", sessions(10000), eow(count(1), count(1)), { ...acc, ...late(MIN), closingBehavior: "FIRE_ALWAYS" }, [a(1, 0), a(2, 15000), a(3, 8000), wm(5 * MIN)]);
c("session-gc-then-data", "A session after its collection: a later element starts a new one.", sessions(10000), def, late(5000), [a(1, 0), wm(30000), a(2, 26000), a(3, 31000), wm(MIN)]);
c("session-merges-at-watermark-pending", "The session's end is passed only after the merge made it longer.", sessions(10000), def, late(MIN), [a(1, 0), a(2, 9000), wm(10000), wm(18999), wm(19000), a(3, 18000), wm(5 * MIN)]);

// ------------------------------------------------------------------ keys
c("keys-interleaved", "Three keys interleaved, with late and dropped data.", fixed(), eow(count(2), count(1)), { ...acc, ...late(MIN) }, [a(1, 1), e("b", 10, 2), e("c", 100, 3), a(2, 4), e("b", 11, 61000), a(3, 61001), wm(MIN), e("c", 101, 5), e("d", 1000, 6), e("b", 12, 61002), wm(2 * MIN), e("c", 102, 7), a(4, 61003), wm(2 * MIN + 1), e("c", 103, 8), wm(5 * MIN)]);
c("keys-empty-string", "The empty string and a non-ASCII key.", fixed(), def, {}, [e("", 1, 1), e("ключ", 2, 2), e("", 3, 3), wm(MIN)]);
c("values-repeat", "Equal values are kept apart (a bag, not a set).", fixed(), def, {}, [a(7, 1), a(7, 1), a(7, 2), wm(MIN)]);
c("values-negative", "Negative and zero values.", fixed(), def, {}, [a(-5, 1), a(0, 2), a(5, 3), wm(MIN)]);

// ------------------------------------------------------------------ the watermark
c("watermark-repeated", "The same watermark again changes nothing.", fixed(), eow(count(1), count(1)), { ...disc, ...late(MIN) }, [a(1, 1), wm(MIN), wm(MIN), wm(MIN), a(2, 2), wm(MIN)]);
c("watermark-before-data", "Data after the watermark has passed several windows.", fixed(), def, {}, [wm(10 * MIN), a(1, 1), a(2, 10 * MIN), a(3, 10 * MIN - 1), wm(11 * MIN)]);
c("element-far-ahead", "Data far ahead of the watermark waits.", fixed(), def, {}, [a(1, DAY), a(2, 1), wm(MIN), wm(DAY), wm(DAY + MIN)]);

// ------------------------------------------------------------------ what Java refuses
for (const [n, t, l] of [["count", count(1), MIN], ["pt", delay(1000), MIN], ["eow-with-lateness", eow(), MIN], ["eow-early-with-lateness", eow(count(1)), MIN], ["any", any(count(1), delay(1)), 0], ["all", all(count(1), delay(1)), 0], ["each", each(count(1), count(2)), 0], ["or-finally", orFinally(repeat(count(2)), count(5)), 0]])
  c(`refused-unsafe-${n}`, "Java's GroupByKey refuses a trigger that may finish and so lose data.", fixed(), t, late(l), [a(1, 1)], { keepGuard: true });
c("accepted-each-with-late", "A sequence whose first part never finishes (late firings) is taken; the second part never comes to its turn.", fixed(), each(eow(null, count(1)), count(2)), late(MIN), [a(1, 1), wm(MIN), a(2, 2), a(3, 3), wm(3 * MIN)]);
put({ name: "refused-early-not-once", what: "Early firings must be a once-trigger in Java (its types say so).", windowing: windowing(fixed(), eow(repeat(count(1)))), events: [a(1, 1), end] });
put({ name: "refused-no-lateness-with-trigger", what: "A trigger without an allowed lateness is refused (not in the global window).", windowing: { fn: fixed(), trigger: repeat(count(1)), accumulation: "discarding" }, events: [a(1, 1), end] });
put({ name: "refused-no-accumulation-mode", what: "A trigger without an accumulation mode is refused.", windowing: { fn: fixed(), trigger: repeat(count(1)), allowedLatenessMs: 0 }, events: [a(1, 1), end] });
put({ name: "refused-no-accumulation-mode-lateness", what: "Lateness above zero without an accumulation mode is refused, even with the default trigger.", windowing: { fn: fixed(), allowedLatenessMs: 1000 }, events: [a(1, 1), end] });
put({ name: "accepted-defaults", what: "Only a window fn: default trigger, lateness 0, discarding (Beam's defaults).", windowing: { fn: fixed() }, events: [a(1, 1), wm(MIN), a(2, 2), end] });
put({ name: "refused-watermark-back", what: "TestStream refuses a watermark that goes back.", windowing: { fn: fixed() }, events: [wm(MIN), wm(MIN - 1), end] });
put({ name: "refused-any-of-one", what: "First-of with one trigger: refused.", windowing: windowing(fixed(), repeat(any(count(1)))), events: [a(1, 1), end] });
put({ name: "refused-each-of-one", what: "Sequence of one: refused.", windowing: windowing(fixed(), repeat(each(count(1)))), events: [a(1, 1), end] });
put({ name: "accepted-count-0", what: "Element count of 0 is taken, and acts like 1.", windowing: windowing(fixed(), repeat(count(0))), events: [a(1, 1), wm(MIN), end] });
put({ name: "refused-fixed-size-0", what: "Window size 0: refused.", windowing: windowing(fixed(0), def), events: [a(1, 1), end] });
put({ name: "refused-fixed-offset-as-big-as-size", what: "Offset = size: refused.", windowing: windowing(fixed(MIN, MIN), def), events: [a(1, 1), wm(2 * MIN), end] });
put({ name: "refused-fixed-offset-negative", what: "Negative offset: refused.", windowing: windowing(fixed(MIN, -1000), def), events: [a(1, 1), wm(2 * MIN), end] });

// ------------------------------------------------------------------ pipelines of two groupings
const p = (name, what, stages, events, extra = {}) => put({ name, kind: "pipeline", what, ...extra, stages, events });
const hourly = (t, o = {}) => windowing(fixed(HOUR), t, { ...acc, ...late(DAY), ...o });
const days = (t, o = {}) => windowing(fixed(DAY), t, { ...acc, ...late(DAY), ...o });
const H = (h, m = 0) => h * HOUR + m * MIN;
p("two-level-on-time", "Hourly sums, then summed by day, all on time.", [hourly(eow(null, count(1))), days(eow(null, count(1)))],
  [a(1, H(0, 10)), a(2, H(0, 50)), a(4, H(5)), wm(H(1)), wm(H(6)), a(8, H(23, 30)), wm(H(24)), end]);
p("two-level-late-accumulating", "A late hour refires and counts twice in the day: accumulating into accumulating.", [hourly(eow(null, count(1))), days(eow(null, count(1)))],
  [a(1, H(0, 10)), a(4, H(5)), wm(H(24)), a(2, H(0, 50)), wm(H(29)), a(8, H(5, 1)), wm(H(80)), a(16, H(5, 2)), end]);
p("two-level-late-discarding", "The same, discarding in the hours: the day's sums are right.", [hourly(eow(null, count(1)), disc), days(eow(null, count(1)))],
  [a(1, H(0, 10)), a(4, H(5)), wm(H(24)), a(2, H(0, 50)), wm(H(29)), a(8, H(5, 1)), wm(H(80)), a(16, H(5, 2)), end]);
p("two-level-early", "Early hourly panes run into the day's early panes.", [hourly(eow(count(1), count(1)), disc), days(eow(count(1), count(1)))],
  [a(1, H(0, 10)), a(2, H(0, 50)), wm(H(1)), a(4, H(5)), wm(H(24)), a(8, H(0, 51)), end]);
p("two-level-empty-on-time-panes", "Empty on-time hourly panes are elements (sum 0) for the day.", [hourly(eow(count(1), count(1)), disc), days(repeat(count(2)), disc)],
  [a(1, H(0, 10)), wm(H(1)), a(2, H(1, 10)), wm(H(2)), wm(H(24)), end]);
p("two-level-inherited", "The second level changes only the window fn: trigger is the continuation, lateness and mode are inherited.", [hourly(eow(delay(1000), count(2)), disc), { fn: fixed(DAY) }],
  [a(1, H(0, 10)), pt(1001), a(2, H(0, 20)), a(4, H(3)), wm(H(4)), pt(1001), wm(H(24)), a(8, H(0, 30)), a(16, H(0, 31)), pt(1001), end]);
p("two-level-inherited-count", "Continuation of a repeated count of 3 is a repeated count of 1.", [hourly(repeat(count(3)), disc), { fn: fixed(DAY) }],
  [1, 2, 4, 8, 16, 32, 64].map((v) => a(v, H(0, v % 60))).concat([wm(H(1)), wm(H(24)), wm(H(49)), end]));
p("two-level-inherited-default", "Continuation of the default trigger.", [hourly(def), { fn: fixed(DAY) }], [a(1, H(0, 10)), a(2, H(1)), wm(H(2)), a(4, H(0, 11)), wm(H(24)), a(8, H(0, 12)), wm(H(80)), end]);
p("two-level-inherited-never", "Continuation of never.", [windowing(fixed(HOUR), never), { fn: fixed(DAY) }], [a(1, H(0, 10)), a(2, H(1)), wm(H(2)), wm(H(24)), end]);
p("two-level-same-windows", "Two groupings in the same windows: the second has the continuation trigger and sees late panes as late data.", [hourly(eow(count(2), count(1)), disc), {}],
  [a(1, H(0, 1)), a(2, H(0, 2)), a(4, H(0, 3)), wm(H(1)), a(8, H(0, 4)), wm(H(26)), end]);
p("two-level-sessions-again", "Sessions grouped twice: the second grouping does not merge again.", [windowing(sessions(10000), def, late(MIN)), {}],
  [a(1, 0), a(2, 15000), wm(26000), a(4, 8000), wm(5 * MIN), end]);
p("two-level-earliest-holds", "EARLIEST in the first level holds the watermark of the second until the pane is out.", [hourly(eow(null, count(1)), { timestampCombiner: "EARLIEST" }), windowing(fixed(10 * MIN), eow(null, count(1)), { ...acc, ...late(DAY) })],
  [a(1, H(0, 5)), e("b", 2, H(0, 35)), wm(H(0, 30)), wm(H(1)), a(4, H(0, 6)), wm(H(3)), end]);
p("two-level-end-of-window", "The same with END_OF_WINDOW.", [hourly(eow(null, count(1))), windowing(fixed(10 * MIN), eow(null, count(1)), { ...acc, ...late(DAY) })],
  [a(1, H(0, 5)), e("b", 2, H(0, 35)), wm(H(0, 30)), wm(H(1)), a(4, H(0, 6)), wm(H(3)), end]);
p("two-level-late-dropped-at-second", "Late panes of the first level have the end of their hour as timestamp; a second level with the same lateness does not drop them, one with less lateness in another window fn inherits the larger.", [hourly(eow(null, count(1)), disc), windowing(fixed(HOUR), eow(null, count(1)), { ...disc, ...late(0) })],
  [a(1, H(0, 10)), wm(H(1)), wm(H(10)), a(2, H(0, 11)), wm(H(24)), a(4, H(0, 12)), wm(H(30)), end]);
p("three-level", "Minutes, hours, days.", [windowing(fixed(MIN), eow(null, count(1)), { ...disc, ...late(HOUR) }), windowing(fixed(HOUR), eow(null, count(1)), { ...disc, ...late(HOUR) }), windowing(fixed(DAY), eow(null, count(1)), { ...disc, ...late(HOUR) })],
  [a(1, 1000), a(2, 61000), wm(H(1)), a(4, 62000), a(8, H(2)), wm(H(24)), a(16, H(23, 59)), wm(H(26)), end]);

// ------------------------------------------------------------------ Flatten of two sources with watermarks of their own
const f = (name, what, w, events) => put({ name, kind: "flatten", what, windowing: w, events });
f("flatten-min-watermark", "The watermark after Flatten is the smaller one.", windowing(fixed(), eow(null, count(1)), { ...acc, ...late(MIN) }),
  [a(1, 1), e("a", 2, 2, "side"), wm(2 * MIN), e("a", 4, 3, "side"), wm(MIN, "side"), e("a", 8, 4, "side"), a(16, 5), wm(3 * MIN, "side"), wm(3 * MIN), endOf("side"), end]);
f("flatten-one-ended", "One source is at its end: the other's watermark counts.", windowing(fixed(), eow(null, count(1)), { ...acc, ...late(MIN) }),
  [e("a", 1, 1, "side"), endOf("side"), a(2, 2), wm(MIN), a(4, 3), wm(2 * MIN + 1), a(8, 4), end]);
f("flatten-late-in-own-branch-only", "Behind its own branch's watermark, but not behind the flattened one: not late.", windowing(fixed(), eow(null, count(1)), { ...disc }),
  [wm(10 * MIN), a(1, 1), e("a", 2, 2, "side"), wm(MIN, "side"), a(4, 3), wm(10 * MIN, "side"), endOf("side"), end]);
f("flatten-idle-source-holds-all", "A source that never moves holds everything until its end.", windowing(fixed(), def), [a(1, 1), a(2, 61000), wm(10 * MIN), end, endOf("side")]);
f("flatten-processing-time", "Two sources and processing time.", windowing(fixed(), repeat(delay(1000)), { ...disc, ...late(MIN) }),
  [a(1, 1), pt(600), e("a", 2, 2, "side"), pt(401), e("b", 4, 3, "side"), pt(1001), wm(5 * MIN), wm(5 * MIN, "side"), endOf("side"), end]);

// ------------------------------------------------------------------ side inputs
const s = (name, what, mainW, side, events, extra = {}) => put({ name, kind: "sideInput", what, ...extra, main: { windowing: mainW }, side, events });
const S = (v, ts, key = "s") => e(key, v, ts, "side");
const mainFixed = { fn: fixed() };
const sideFixed = (view, o = {}) => ({ view, ...o, windowing: windowing(fixed(), def, o.w ?? {}) });
const clean = (x) => { const { w, ...r } = x; return r; };
s("side-list-ready", "Side window complete before the main element.", mainFixed, clean(sideFixed("asList")), [S(10, 1), S(20, 2), wm(MIN, "side"), a(1, 5), wm(MIN), end, endOf("side")]);
s("side-list-blocks", "The main element waits until the side window is complete.", mainFixed, clean(sideFixed("asList")), [a(1, 5), S(10, 1), a(2, 6), S(20, 2), wm(MIN, "side"), a(3, 7), wm(MIN), end, endOf("side")]);
s("side-list-empty", "A side window without data is empty once the side watermark has passed it.", mainFixed, clean(sideFixed("asList")), [a(1, 5), wm(MIN, "side"), a(2, 6), end, endOf("side")]);
s("side-list-at-end", "Side input that never moves before its end.", mainFixed, clean(sideFixed("asList")), [a(1, 5), S(10, 1), a(2, 61000), wm(10 * MIN), end, endOf("side")]);
s("side-list-late-side-within-lateness-accumulating", "Late side data refires the view: main elements after it see the new pane.", mainFixed, clean(sideFixed("asList", { w: { ...acc, ...late(HOUR) } })), [S(10, 1), wm(MIN, "side"), a(1, 5), S(20, 2), a(2, 6), S(30, 3), a(3, 7), end, endOf("side")]);
s("side-list-late-side-within-lateness-discarding", "The same, discarding: the view is the latest pane alone.", mainFixed, clean(sideFixed("asList", { w: { ...disc, ...late(HOUR) } })), [S(10, 1), wm(MIN, "side"), a(1, 5), S(20, 2), a(2, 6), S(30, 3), a(3, 7), end, endOf("side")]);
s("side-list-late-side-dropped", "Side data beyond lateness is dropped.", mainFixed, clean(sideFixed("asList")), [S(10, 1), wm(MIN, "side"), S(20, 2), a(1, 5), end, endOf("side")]);
s("side-list-early-panes", "Early panes of the side make it ready before its window is complete.", mainFixed, { view: "asList", windowing: windowing(fixed(), eow(count(1), count(1)), { ...acc, ...late(HOUR) }) }, [a(1, 5), S(10, 1), a(2, 6), S(20, 2), a(3, 7), wm(MIN, "side"), a(4, 8), end, endOf("side")]);
s("side-list-early-panes-discarding", "The same, discarding; the empty on-time pane does not empty the view.", mainFixed, { view: "asList", windowing: windowing(fixed(), eow(count(1), count(1)), { ...disc, ...late(HOUR) }) }, [a(1, 5), S(10, 1), a(2, 6), S(20, 2), a(3, 7), wm(MIN, "side"), a(4, 8), end, endOf("side")]);
s("side-global-latest-discarding", "Slowly changing side input: global window, every element, discarding, asSingleton: fails at the side's end, because the last on-time pane is empty.", mainFixed, { view: "asSingleton", windowing: windowing(global_, repeat(count(1)), disc) }, [S(10, 1), a(1, 5), S(20, 2), a(2, 6), a(3, 61000), S(30, 3), a(4, 7), end, endOf("side")]);
s("side-global-latest-discarding-if-non-empty", "Slowly changing side input without the empty on-time pane at the end.", mainFixed, { view: "asSingleton", windowing: windowing(global_, repeat(count(1)), { ...disc, onTimeBehavior: "FIRE_IF_NON_EMPTY" }) }, [S(10, 1), a(1, 5), S(20, 2), a(2, 6), a(3, 61000), S(30, 3), a(4, 7), end, endOf("side")]);
s("side-global-accumulating-combine-singleton", "Accumulating sum as a singleton view made by the combine itself.", mainFixed, { view: "combineSingleton", windowing: windowing(global_, repeat(count(1)), acc) }, [a(0, 4), S(10, 1), a(1, 5), S(20, 2), a(2, 6), end, endOf("side")]);
s("side-global-discarding-combine-singleton", "Discarding sum as a singleton view.", mainFixed, { view: "combineSingleton", windowing: windowing(global_, repeat(count(1)), disc) }, [a(0, 4), S(10, 1), a(1, 5), S(20, 2), a(2, 6), end, endOf("side")]);
s("side-global-accumulating-list", "Global window, every element, accumulating, asList.", mainFixed, { view: "asList", windowing: windowing(global_, repeat(count(1)), acc) }, [a(0, 4), S(10, 1), a(1, 5), S(20, 2), a(2, 6), end, endOf("side")]);
s("side-global-discarding-list", "Global window, every element, discarding, asList: only the latest pane.", mainFixed, { view: "asList", windowing: windowing(global_, repeat(count(1)), disc) }, [a(0, 4), S(10, 1), a(1, 5), S(20, 2), a(2, 6), end, endOf("side")]);
s("side-global-accumulating-singleton-fails", "Accumulating with two elements as singleton: an error at run time.", mainFixed, { view: "asSingleton", windowing: windowing(global_, repeat(count(1)), acc) }, [S(10, 1), a(1, 5), S(20, 2), a(2, 6), end, endOf("side")]);
s("side-global-accumulating-sum", "Accumulating sum, then asSingleton: fails, since the view accumulates the sums.", mainFixed, { view: "asSingleton", combine: "sum", windowing: windowing(global_, repeat(count(1)), acc) }, [a(0, 4), S(10, 1), a(1, 5), S(20, 2), a(2, 6), end, endOf("side")]);
s("side-global-default-trigger-refused", "Unbounded side input in the global window with the default trigger: refused.", mainFixed, { view: "asList", windowing: windowing(global_, def) }, [S(10, 1), a(1, 5), end, endOf("side")]);
s("side-global-waits-for-first", "Global side input with no pane yet: the main input waits, however far the side's watermark is.", mainFixed, { view: "asList", windowing: windowing(global_, repeat(count(2)), disc) }, [a(1, 5), S(10, 1), wm(DAY, "side"), a(2, 6), S(20, 2), a(3, 7), end, endOf("side")]);
s("side-singleton-default", "Singleton with a default value over an empty window.", mainFixed, { view: "asSingleton", defaultValue: -1, windowing: windowing(fixed(), def) }, [wm(MIN, "side"), a(1, 5), end, endOf("side")]);
s("side-singleton-empty-fails", "Singleton without default over an empty window: an error.", mainFixed, { view: "asSingleton", windowing: windowing(fixed(), def) }, [wm(MIN, "side"), a(1, 5), end, endOf("side")]);
s("side-combine-singleton-empty", "A sum as singleton view over an empty window is its default, 0.", mainFixed, { view: "combineSingleton", windowing: windowing(fixed(), def) }, [a(1, 5), wm(MIN, "side"), S(5, 61000), wm(2 * MIN, "side"), a(2, 62000), end, endOf("side")]);
s("side-multimap", "Multimap view.", mainFixed, { view: "asMultimap", windowing: windowing(fixed(), def) }, [S(10, 1, "x"), S(11, 2, "x"), S(20, 3, "y"), wm(MIN, "side"), a(1, 5), end, endOf("side")]);
s("side-map-sum", "Map view of sums per key.", mainFixed, { view: "asMap", combine: "perKeySum", windowing: windowing(fixed(), def) }, [S(10, 1, "x"), S(11, 2, "x"), S(20, 3, "y"), wm(MIN, "side"), a(1, 5), end, endOf("side")]);
s("side-map-duplicate-fails", "Map view with two values for a key: an error.", mainFixed, { view: "asMap", windowing: windowing(fixed(), def) }, [S(10, 1, "x"), S(11, 2, "x"), wm(MIN, "side"), a(1, 5), end, endOf("side")]);
s("side-multimap-late-pane-replaces", "A late pane of one key, grouped before: the view's content is replaced by the latest pane of the whole window.", mainFixed, { view: "asMultimap", windowing: windowing(fixed(), def, { ...disc, ...late(HOUR) }) }, [S(10, 1, "x"), S(20, 3, "y"), wm(MIN, "side"), a(1, 5), S(11, 2, "x"), a(2, 6), end, endOf("side")]);
s("side-larger-windows", "Main in minutes, side in hours: the side window is the one that holds the end of the main window.", mainFixed, { view: "asList", windowing: windowing(fixed(HOUR), def) }, [S(10, H(0, 30)), S(20, H(1, 30)), wm(H(2), "side"), a(1, 5), a(2, H(1) - 1), a(3, H(1)), end, endOf("side")]);
s("side-smaller-windows", "Main in hours, side in minutes: the last minute of the hour is looked up.", { fn: fixed(HOUR) }, { view: "asList", windowing: windowing(fixed(), def) }, [S(10, 5), S(20, H(1) - 5), wm(H(2), "side"), a(1, 5), end, endOf("side")]);
s("side-sliding-windows", "Side in sliding windows: which one does a main window look up?", mainFixed, { view: "asList", windowing: windowing(sliding(2 * MIN, 30000), def) }, [S(10, 5), S(20, 70000), S(30, 100000), wm(H(1), "side"), a(1, 5), a(2, 61000), end, endOf("side")]);
s("side-sessions-refused", "Sessions as side-input windows: refused.", mainFixed, { view: "asList", windowing: windowing(sessions(10000), def) }, [S(10, 5), wm(H(1), "side"), a(1, 5), end, endOf("side")]);
s("side-main-sessions", "Main input in sessions: taken; the not yet merged window of the element is looked up.", { fn: sessions(10000) }, { view: "asList", windowing: windowing(fixed(), def) }, [S(10, 5), wm(H(1), "side"), a(1, 5), end, endOf("side")]);
s("side-main-global-side-fixed", "Main in the global window, side in fixed windows: refused at run time.", { fn: global_ }, { view: "asList", windowing: windowing(fixed(), def) }, [S(10, 5), wm(H(1), "side"), a(1, 5), end, endOf("side")]);
s("side-main-sliding", "Main element in several windows sees the side of each.", { fn: sliding(2 * MIN, MIN) }, { view: "asList", windowing: windowing(fixed(), def) }, [S(10, 5), S(20, 61000), wm(H(1), "side"), a(1, 5), end, endOf("side")]);
s("side-flatten", "The side input is the Flatten of its own source and the main one: it is ready only when both watermarks have passed.", mainFixed, { view: "asList", windowing: windowing(fixed(), def) }, [a(1, 5), S(10, 1), wm(MIN, "side"), a(2, 6), wm(MIN), a(3, 7), end, endOf("side")], { sideFlattensMain: true });
s("side-late-main-after-gc", "A main element long after the side window has been collected still sees the view.", mainFixed, { view: "asList", windowing: windowing(fixed(), def) }, [S(10, 1), wm(H(10), "side"), wm(H(10)), a(1, 5), end, endOf("side")]);
s("side-processing-time-refresh", "Side refreshed by processing time in the global window.", mainFixed, { view: "asList", windowing: windowing(global_, repeat(delay(1000)), acc) }, [S(10, 1), a(1, 5), pt(1001), a(2, 6), S(20, 2), a(3, 7), pt(1001), a(4, 8), end, endOf("side")]);
console.log(`${names.size} named cases`);
