/**
 * BigQuery's `_CHANGE_SEQUENCE_NUMBER`: up to four sections of up to sixteen hexadecimal digits each, between them a slash. Two are compared section by section, as unsigned numbers; of equal ones the row that
 * came last counts.
 */

const MOST_SECTIONS = 4;
/** Digits that hold every whole number of a double. */
const DIGITS = 14;

/**
 * Every section has the same length, so that the texts have the order of the numbers.
 *
 * @param sections whole numbers from 0 on, the first one the most important
 * @throws RangeError where one is not, or there are too many
 */
export function sequenceNumber(sections: readonly number[]): string {
  if (sections.length === 0 || sections.length > MOST_SECTIONS)
    throw new RangeError(`a sequence number has 1 to ${MOST_SECTIONS} sections, not ${sections.length}`);
  let text = '';
  for (const section of sections) {
    if (!Number.isSafeInteger(section) || section < 0)
      throw new RangeError(`${section} can't be a section of a sequence number`);
    if (text !== '') text += '/';
    text += section.toString(16).toUpperCase().padStart(DIGITS, '0');
  }
  return text;
}
