/** Normal forms of brand and category code (spec, section 2). */

const SPACE_AT_ENDS = /^[\t-\r ]+|[\t-\r ]+$/g;

/** Without ASCII white space at both ends. */
export function trimAscii(text: string): string {
  return text.replace(SPACE_AT_ENDS, '');
}

/** Brand: trimmed, in lower case; empty means none. */
export function normaliseBrand(text: string): string {
  return trimAscii(text).toLowerCase();
}

/** Category code: trimmed, in lower case, each code point outside `[a-z0-9._-]` replaced by `_`; empty means none. */
export function normaliseCategoryCode(text: string): string {
  return trimAscii(text)
    .toLowerCase()
    .replace(/[^a-z0-9._-]/gu, '_');
}

/** The part of a normalised category code before its first dot; empty means none. */
export function categoryRoot(categoryCode: string): string {
  const dot = categoryCode.indexOf('.');
  return dot < 0 ? categoryCode : categoryCode.slice(0, dot);
}
