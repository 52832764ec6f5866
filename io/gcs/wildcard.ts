/**
 * Patterns of object names, matched here, not by the service: one listing then serves patterns, objects and folders alike, and a pattern means what it means on a disk. `*` and `?` stay within a
 * part between slashes, `**` doesn't; `[a-z]`, `[!a-z]` and `{one,two}` choose. A backslash takes away the meaning of the character behind it.
 */

const SPECIAL = /[*?[{\\]/;

export function isPattern(name: string): boolean {
  return /[*?[{]/.test(name);
}

/** What every name that a pattern matches begins with. */
export function literalPrefix(pattern: string): string {
  const at = pattern.search(SPECIAL);
  return at < 0 ? pattern : pattern.slice(0, at);
}

/** A pattern as an expression over whole names. */
export function patternExpression(pattern: string): RegExp {
  return new RegExp(`^${sourceOf(pattern)}$`, 'su');
}

function sourceOf(pattern: string): string {
  let source = '';
  for (let at = 0; at < pattern.length; ) {
    const { text, length } = tokenAt(pattern, at);
    source += text;
    at += length;
  }
  return source;
}

/** The expression of what stands at a place of a pattern, and how long that is. */
function tokenAt(pattern: string, at: number): { text: string; length: number } {
  const rest = pattern.slice(at);
  const startsPart = at === 0 || pattern[at - 1] === '/';
  // Any number of parts, none as well.
  if (startsPart && rest.startsWith('**/')) return { text: '(?:.*/)?', length: 3 };
  if (rest.startsWith('**')) return { text: '.*', length: /^\*+/.exec(rest)![0].length };
  switch (rest[0]) {
    case '*':
      return { text: '[^/]*', length: 1 };
    case '?':
      return { text: '[^/]', length: 1 };
    case '[':
      return classOf(rest) ?? literal(rest);
    case '{':
      return choiceOf(rest) ?? literal(rest);
    case '\\':
      return rest.length > 1
        ? { ...literal(rest.slice(1)), length: literal(rest.slice(1)).length + 1 }
        : literal(rest);
    default:
      return literal(rest);
  }
}

/** One character, or both halves of one. */
function literal(rest: string): { text: string; length: number } {
  const character = String.fromCodePoint(rest.codePointAt(0)!);
  return { text: character.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&'), length: character.length };
}

/** `[a-z]`, `[!a-z]`, `[^a-z]`: one character, never a slash. Null where no bracket closes it, or its ends are in the wrong order. */
function classOf(rest: string): { text: string; length: number } | null {
  const [whole, negated, members] = /^\[([!^]?)(\]?[^\]]*)\]/u.exec(rest) ?? [];
  if (whole === undefined || members === '') return null;
  const text = `(?!/)[${negated ? '^' : ''}${members.replace(/[\\[\]^&]/gu, '\\$&')}]`;
  try {
    new RegExp(text, 'su');
  } catch {
    return null;
  }
  return { text, length: whole.length };
}

/** `{one,two}`, within one another, too. Null where there is no choice, or no brace closes it. */
function choiceOf(rest: string): { text: string; length: number } | null {
  const parts: string[] = [];
  let depth = 0;
  let start = 1;
  for (let at = 0; at < rest.length; at++) {
    if (rest[at] === '\\') at++;
    else if (rest[at] === '{') depth++;
    else if (rest[at] === ',' && depth === 1) {
      parts.push(rest.slice(start, at));
      start = at + 1;
    } else if (rest[at] === '}' && --depth === 0) {
      if (parts.length === 0) return null;
      parts.push(rest.slice(start, at));
      return { text: `(?:${parts.map(sourceOf).join('|')})`, length: at + 1 };
    }
  }
  return null;
}
