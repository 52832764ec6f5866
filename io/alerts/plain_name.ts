/** Names from the data, as every medium can hold them. */

const MOST_CHARACTERS = 80;

/**
 * A name in one line and not too long: what does not print, or turns the direction of what follows, becomes the replacement character, as do halves of surrogate pairs. Escape it for the medium after
 * this.
 */
export function plainName(name: string): string {
  const line = name
    .replace(/[\s\u2028\u2029]+/gu, ' ')
    .replace(/\p{Surrogate}|\p{Cc}|[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, '\ufffd')
    .trim();
  const characters = [...line];
  if (characters.length === 0) return '(empty)';
  return characters.length <= MOST_CHARACTERS
    ? line
    : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}
