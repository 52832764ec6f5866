/** What can go wrong between the page and its server. */

export type ProblemKind =
  /** The server wants a token. */
  | 'unauthorized'
  /** The question can't be answered as it was put. */
  | 'refused'
  | 'not_found'
  /** The output can't be read now. */
  | 'unavailable'
  /** Nobody answers. */
  | 'unreachable'
  /** An answer that isn't one. */
  | 'unexpected';

export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly kind: ProblemKind,
    /** A sentence for people. */
    message: string,
    /** By which the server's log has it. */
    readonly requestId: string | null = null,
  ) {
    super(message);
  }

  /** Whether the same question may be answered later. */
  get passes(): boolean {
    return this.kind === 'unavailable' || this.kind === 'unreachable';
  }
}

/** @param error whatever was thrown */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem('unexpected', error instanceof Error ? error.message : String(error));
}

/** The problem that an answer's status and body tell of. */
export function problemOfAnswer(status: number, body: unknown): Problem {
  const told = (body as { error?: { message?: unknown; request_id?: unknown } } | null)?.error;
  const message = typeof told?.message === 'string' ? told.message : `The server answered ${status}.`;
  return new Problem(kindOf(status), message, typeof told?.request_id === 'string' ? told.request_id : null);
}

function kindOf(status: number): ProblemKind {
  if (status === 401) return 'unauthorized';
  if (status === 404) return 'not_found';
  if (status === 502 || status === 503 || status === 504) return 'unavailable';
  if (status >= 400 && status < 500) return 'refused';
  return 'unexpected';
}
