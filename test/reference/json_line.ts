/** One line of NDJSON as an object whose numbers are still what was written. */

export type JsonObject = Readonly<Record<string, unknown>>;

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[-+.\deE]*/g;

/**
 * Parses a JSON object; numbers come out as strings of their source text, so nothing passes through a double. Of equal names the last counts, as
 * in JSON.parse.
 */
export function parseJsonLine(line: string): { readonly object: JsonObject } | { readonly fault: string } {
  let value: unknown;
  try {
    JSON.parse(line);
    value = JSON.parse(line.replace(STRING_OR_NUMBER, (token) => (token[0] === '"' ? token : `"${token}"`)));
  } catch (error) {
    return { fault: (error as Error).message };
  }
  return isObject(value) ? { object: value } : { fault: 'a JSON object was expected' };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
