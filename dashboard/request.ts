/** Requests to the server that this page came from. The browser keeps answers and asks with their ETag whether they still hold. */
import { Problem, problemOfAnswer } from './problem';

export type Parameters = Readonly<Record<string, string | number | null | readonly string[]>>;

/** Pages of a list that are asked for, at most, by {@link getAll}. */
const MOST_PAGES = 20;

/**
 * What the server answers to a GET, as JSON.
 *
 * @param parameters of the query; null leaves one out, several values repeat it
 * @throws {Problem}
 */
export async function get<T>(path: string, parameters: Parameters, signal?: AbortSignal): Promise<T> {
  const search = queryOf(parameters);
  return answer<T>(`${path}${search === '' ? '' : `?${search}`}`, signal === undefined ? {} : { signal });
}

/** All rows of a list that comes in pages. */
export async function getAll<R>(path: string, parameters: Parameters, signal: AbortSignal): Promise<R[]> {
  return (await getPages<R>(path, parameters, MOST_PAGES, signal)).rows;
}

export interface Pages<R> {
  readonly rows: R[];
  /** Whether there are more. */
  readonly isCut: boolean;
  readonly total: number | null;
}

/** The rows of a list's first pages. */
export async function getPages<R>(
  path: string,
  parameters: Parameters,
  pages: number,
  signal: AbortSignal,
): Promise<Pages<R>> {
  const rows: R[] = [];
  let cursor: string | null = null;
  let total: number | null = null;
  for (let page = 0; page < pages; page += 1) {
    const part: { rows: R[]; next: string | null; total?: number } = await get(
      path,
      { ...parameters, cursor },
      signal,
    );
    for (const row of part.rows) rows.push(row);
    total ??= part.total ?? null;
    cursor = part.next;
    if (cursor === null) break;
  }
  return { rows, isCut: cursor !== null, total };
}

/** Hands the token to the server, which answers with a cookie that no script can read. */
export async function signIn(token: string): Promise<void> {
  await answer('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
}

function queryOf(parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) continue;
    if (typeof value === 'object') for (const each of value) query.append(name, each);
    else query.append(name, String(value));
  }
  return query.toString();
}

async function answer<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw new Problem('unreachable', 'The server does not answer.');
  });
  const text = await response.text().catch(() => {
    throw new Problem('unreachable', 'The connection broke off within an answer.');
  });
  const body = jsonOf(text);
  if (!response.ok) throw problemOfAnswer(response.status, body ?? null);
  if (body === undefined && text !== '') throw new Problem('unexpected', 'The answer is no JSON.');
  return body as T;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
