/** What the API refuses, in one form. A message says what is wrong and what to do; it never holds data, SQL or what was sent. */
import { z } from '@hono/zod-openapi';

/** Codes, and the status that goes with each. */
export const REFUSALS = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  too_large: 413,
  internal: 500,
  unavailable: 503,
} as const;
export type RefusalCode = keyof typeof REFUSALS;

/** Thrown by what answers a request; the API makes the answer of it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: RefusalCode,
    message: string,
    /** Headers that go with it. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  get status(): (typeof REFUSALS)[RefusalCode] {
    return REFUSALS[this.code];
  }

  body(requestId: string): z.infer<typeof refusalSchema> {
    return { error: { code: this.code, message: this.message, request_id: requestId } };
  }
}

export const refusalSchema = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]]),
      message: z.string().describe('What is wrong, and what to do'),
      request_id: z.string().describe('The request in the server’s log; also in the header X-Request-Id'),
    }),
  })
  .openapi('Error');

const content = { 'application/json': { schema: refusalSchema } };

/** What a question may be refused with, for its contract. */
export const REFUSED = {
  400: { description: 'A parameter is wrong', content },
  401: { description: 'The token is missing or wrong', content },
  403: { description: 'Asked under a name that is not this server’s', content },
  503: { description: 'The tables can’t be read now', content },
} as const;
export const NOT_FOUND = { 404: { description: 'There is none of that name', content } } as const;
