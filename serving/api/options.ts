/** What the API is told besides what it serves. */
import type { Served } from '../served';

export interface ApiOptions {
  /** Version of the program. */
  readonly version: string;
  /** Asked for at every question; null where nobody needs one. */
  readonly token: string | null;
  /**
   * Questions are taken under names of this machine only (`localhost`, `127.0.0.1`, `[::1]`): a page of the web that has its own name lead here gets nothing. Set it where there is no token.
   */
  readonly loopbackNamesOnly: boolean;
  /** Folder of the built dashboard, with its index.html; null where there is none. */
  readonly assets: string | null;
  /** Told of every request when its answer begins. */
  readonly onRequest?: (entry: RequestEntry) => void;
  /** Told what went wrong where the answer doesn't say it. */
  readonly onFailure?: (requestId: string, error: unknown) => void;
  /** Aborted when the server ends: live connections are closed then. */
  readonly signal?: AbortSignal;
  /** Live connections at most; 100 if left out. */
  readonly mostLive?: number;
}

/** A request as the log has it: nothing that was asked for, and nothing of the answer. */
export interface RequestEntry {
  readonly request_id: string;
  readonly method: string;
  /** The route's pattern, never the path that was sent. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  /** Bytes of the answer's body as it is sent; null for what goes on. */
  readonly bytes: number | null;
}

/** What routes are made with. */
export interface Serving {
  readonly served: Served;
  readonly options: ApiOptions;
}

/** What hono keeps for a request. */
export interface ApiEnv {
  readonly Variables: {
    requestId: string;
    /** Bytes of the answer’s body; not set for what goes on. */
    bytes: number | undefined;
  };
}
