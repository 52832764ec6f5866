/** Substitutions as sed has them: `s/pattern/replacement/flags`. */
import { isUtf8 } from 'node:buffer';
import { InputError } from '../../io/input_error';

/** Changes the bytes of a payload. */
export type Substitution = (payload: Uint8Array) => Uint8Array;

/**
 * A substitution from its text. The delimiter is whichever character follows the `s`. The pattern is a regular expression of JavaScript; in the replacement `&` is what was found and `\1` to `\9` its groups, `\n`
 * and `\t` are a line end and a tab, and any other character after a backslash is itself. Flags: `g` all of them, not only the first; `i` capitals don't matter; `m` lines.
 *
 * In a payload that is not UTF-8, the pattern sees bytes: `\xe9` is one of them.
 *
 * @throws {InputError} for a text that is none.
 */
export function parseSubstitution(option: string, text: string): Substitution {
  const delimiter = text[1];
  const parts =
    text.startsWith('s') && /^[^\w\s\\]$/.test(delimiter ?? '') ? split(text.slice(2), delimiter) : [];
  if (parts.length !== 3 || !/^[gim]*$/.test(parts[2]))
    throw new InputError(
      `--${option} ${text}: s/pattern/replacement/ was expected, with flags of g, i and m`,
    );
  const [pattern, replacement, flags] = parts;
  const ofText = matcher(option, text, pattern, flags, 'u');
  // One character a byte, so that what isn't matched stays as it is.
  const ofBytes = matcher(option, text, bytesOf(pattern), flags, '');
  const pieces = parseReplacement(replacement);
  return (payload) => {
    const isText = isUtf8(payload);
    const encoding = isText ? 'utf8' : 'latin1';
    const before = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString(encoding);
    const after = before.replace(isText ? ofText : ofBytes, (found: string, ...groups: unknown[]) =>
      pieces
        .map((piece) => {
          if (typeof piece === 'string') return isText ? piece : bytesOf(piece);
          const group = piece === 0 ? found : groups[piece - 1];
          return typeof group === 'string' ? group : '';
        })
        .join(''),
    );
    return Buffer.from(after, encoding);
  };
}

function matcher(option: string, text: string, pattern: string, flags: string, mode: string): RegExp {
  try {
    return new RegExp(pattern, `${[...new Set(flags)].join('')}${mode}`);
  } catch (error) {
    // Without the mode of Unicode, a pattern may escape what needs no escape, as people do.
    if (mode !== '') return matcher(option, text, pattern, flags, '');
    throw new InputError(`--${option} ${text}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Cuts at the delimiter, but not where a backslash stands before it, which is taken away. */
function split(text: string, delimiter: string): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at++) {
    const last = parts.length - 1;
    if (text[at] === '\\' && at + 1 < text.length) {
      at++;
      parts[last] += text[at] === delimiter ? delimiter : `\\${text[at]}`;
    } else if (text[at] === delimiter) {
      parts.push('');
    } else {
      parts[last] += text[at];
    }
  }
  return parts;
}

/** Texts, and numbers of groups: 0 is all that was found. */
function parseReplacement(text: string): (string | number)[] {
  const pieces: (string | number)[] = [];
  for (const [token] of text.matchAll(/\\[\s\S]|&|[^\\&]+|\\$/g)) {
    const escaped = token.length === 2 && token[0] === '\\' ? token[1] : undefined;
    if (token === '&') pieces.push(0);
    else if (escaped === undefined) pieces.push(token);
    else if (/[0-9]/.test(escaped)) pieces.push(Number(escaped));
    else pieces.push(escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped);
  }
  return pieces;
}
