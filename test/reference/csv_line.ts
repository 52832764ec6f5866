/** One line of CSV as its fields (RFC 4180 within a line). */

export type CsvLine = { readonly fields: string[] } | { readonly fault: string };

/**
 * Splits a line at its commas. A field that begins with a quote ends at the closing quote, and a comma or the line's end must follow; a quote
 * anywhere else in a field is text.
 */
export function splitCsvLine(line: string): CsvLine {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      let field = '';
      at++;
      for (;;) {
        if (at >= line.length) return { fault: 'a quote is not closed' };
        if (line[at] !== '"') field += line[at++];
        else if (line[at + 1] === '"') {
          field += '"';
          at += 2;
        } else break;
      }
      at++;
      if (at < line.length && line[at] !== ',') return { fault: 'text follows a closing quote' };
      fields.push(field);
    } else {
      const comma = line.indexOf(',', at);
      const end = comma < 0 ? line.length : comma;
      fields.push(line.slice(at, end));
      at = end;
    }
    if (at >= line.length) return { fields };
    at++;
  }
}
