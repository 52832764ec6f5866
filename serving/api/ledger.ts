/** `GET /v1/ledger`. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { LEDGER_ORDER, ledgerPosition, ledgerRows, ledgerTotals, rejectReasons } from '../questions/quality';
import { answer } from './answer';
import { cursorOf, placeOf } from './cursor';
import type { ApiEnv, Serving } from './options';
import { pageParameters, rangeOrAll, rangeParameters } from './parameters';
import { REFUSED } from './refusal';
import { count, time, timeTextOrNull } from './wire';

const counts = {
  read: count().describe('Records read'),
  counted: count().describe('Records that count in the tables'),
  duplicates: count().describe('Records that repeat another'),
  rejected: count().describe('Dead letters'),
};
const redriven = count().describe('Dead letters that were published again');

const ledgerAnswer = z
  .object({
    totals: z
      .object({
        ...counts,
        late_dropped: count().describe('Records behind the allowed lateness, where somebody counted them'),
        redriven,
        unaccounted: count().describe('Records of which nobody knows what became of them; 0 in good order'),
        late_unknown: count().describe('Hours whose late records nobody counted'),
        unaccounted_unknown: count().describe(
          'Hours of which nobody can say yet whether all is accounted for',
        ),
      })
      .openapi('LedgerTotals'),
    rejects: z
      .array(z.object({ reason: z.string(), records: count() }).openapi('RejectReason'))
      .describe('Why records were rejected, the most frequent reason first; of a range by their event time'),
    rows: z
      .array(
        z
          .object({
            bucket: z.string().describe('The hour, or unknown for records without a usable time'),
            start: time().nullable().describe('Start of the hour; null for unknown'),
            ...counts,
            late_dropped: count().nullable().describe('Null where the runner can’t say'),
            late_source: z.string().describe('Who counted late_dropped: runner, or unknown'),
            redriven,
            unaccounted: count().nullable().describe('Null where nobody can say'),
          })
          .openapi('LedgerRow'),
      )
      .describe('By hour; unknown is the last'),
    next: z.string().nullable().describe('cursor of the next page; null for the last'),
  })
  .openapi('Ledger');

const route = createRoute({
  method: 'get',
  path: '/v1/ledger',
  summary: 'What became of every record, by hour of its event; without a range, also of those without a time',
  request: { query: z.strictObject({ ...rangeParameters, ...pageParameters(1000, 10_000) }) },
  responses: {
    200: { description: 'Rows in order', content: { 'application/json': { schema: ledgerAnswer } } },
    ...REFUSED,
  },
});

export function ledgerRoutes(api: OpenAPIHono<ApiEnv>, { served }: Serving): void {
  api.openapi(route, async (c) => {
    const { limit, cursor, ...asked } = c.req.valid('query');
    const place = cursor === undefined ? null : placeOf(cursor, LEDGER_ORDER);
    const range = place === null ? rangeOrAll(asked) : place.range;
    const body = await served.read(async (store) => {
      const found = await ledgerRows(store, range, place?.position ?? null, limit + 1);
      const rows = found.slice(0, limit);
      return {
        totals: { ...(await ledgerTotals(store, range)) },
        rejects: [...(await rejectReasons(store, range))],
        rows: rows.map(({ window_start, commit: _, ...row }) => ({
          ...row,
          start: timeTextOrNull(window_start),
        })),
        next:
          found.length > limit ? cursorOf({ range, position: ledgerPosition(rows[rows.length - 1]) }) : null,
      };
    });
    return answer(c, body);
  });
}
