/** Messages to Slack, by an incoming webhook. */
import type { AlertChannel, AlertMessage } from '../../schema/alert';
import { post } from './post';
import { type Sentence, worded } from './wording';

/** Statements in one message, of those that a digest has: Slack takes fifty blocks. */
const MOST_STATEMENTS = 20;

/** @param url of the webhook: a secret */
export function slackChannel(name: string, url: URL): AlertChannel {
  return {
    name,
    send: (message, signal) =>
      post(url, {
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(slackMessage(message)),
        signal,
      }),
    close: () => {},
  };
}

/** Blocks, and the same as text for notifications. */
export function slackMessage(message: AlertMessage): object {
  const { subject, statements, omitted, origin } = worded(message);
  const shown = statements.slice(0, MOST_STATEMENTS);
  const hidden = statements.length - shown.length + message.omitted;
  const blocks: object[] = shown.map(({ title, facts }) => ({
    type: 'section',
    text: mrkdwn(sentence(title, '*')),
    fields: facts.map(([label, value]) => mrkdwn(`*${escaped(label)}*\n${escaped(value)}`)),
  }));
  const more = hidden === 0 ? omitted : `And ${hidden.toLocaleString('en-US')} more.`;
  if (more !== null) blocks.push({ type: 'section', text: mrkdwn(escaped(more)) });
  blocks.push({ type: 'context', elements: [mrkdwn(sentence(origin, ''))] });
  return { text: sentence(subject, ''), blocks };
}

/** `verbatim`: nothing in it becomes a link or a mention. */
function mrkdwn(text: string): object {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** The name stands as code, in which Slack knows no marks. */
function sentence({ before, name, after }: Sentence, mark: string): string {
  const marked = (text: string): string =>
    text.trim() === '' || mark === ''
      ? escaped(text)
      : text.replace(
          /^(\s*)(.*?)(\s*)$/,
          (_, left, middle, right) => `${left}${mark}${escaped(middle)}${mark}${right}`,
        );
  return `${marked(before)}\`${escaped(name.replaceAll('`', 'ˋ'))}\`${marked(after)}`;
}

/** The three characters that mean something anywhere in Slack's text. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
