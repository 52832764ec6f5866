/** Names of the data in running text. */
import { wholeText } from '../serving/whole_text';

const MOST_CHARACTERS = 60;

/** One line of at most {@link MOST_CHARACTERS} characters. */
export function shortName(text: string): string {
  // Enough for so many characters, each a pair of surrogates; a name may have thousands.
  const characters = [...wholeText(text.slice(0, 4 * MOST_CHARACTERS)).replace(/\s+/gu, ' ')];
  return characters.length > MOST_CHARACTERS
    ? `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`
    : characters.join('');
}
