/** A time in milliseconds since 1970 as SQL. */
export function timestampSql(milliseconds: number): string {
  return `epoch_ms((${milliseconds})::BIGINT)`;
}
