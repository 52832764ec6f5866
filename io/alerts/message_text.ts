/** An alert as plain text: for a terminal, and for mail that is not read as HTML. */
import type { AlertMessage } from '../../schema/alert';
import { type Sentence, type Worded, worded } from './wording';

export function messageText(message: AlertMessage): string {
  return wordedText(worded(message));
}

export function wordedText({ statements, omitted, origin }: Worded): string {
  const blocks = statements.map(({ title, facts }) => {
    const width = Math.max(...facts.map(([label]) => label.length));
    return [sentenceText(title), ...facts.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`)].join(
      '\n',
    );
  });
  return `${[...blocks, ...(omitted === null ? [] : [omitted]), sentenceText(origin)].join('\n\n')}\n`;
}

export function sentenceText({ before, name, after }: Sentence): string {
  return `${before}${name}${after}`;
}
