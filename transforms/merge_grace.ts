/** By how much every merge waits longer than its source, in milliseconds: a source's last pane, which it gives out when its own window expires, must not meet the expired window of the merge. */
export const MERGE_GRACE_MS = 3_600_000;
