/** Messages by mail. */
import { createHash } from 'node:crypto';
import { Socket } from 'node:net';
import type { AlertChannel, AlertMessage, Delivery } from '../../schema/alert';
import { isLoopback } from './loopback';
import { sentenceText, wordedText } from './message_text';
import { connectionReason, REQUEST_MS } from './post';
import { type Worded, worded } from './wording';

export interface Mailbox {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (smtps); otherwise by STARTTLS, without which nothing is sent, unless the server is this machine. */
  readonly encrypted: boolean;
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
  readonly to: readonly string[];
}

/** nodemailer is loaded here, and only where there is mail to send. */
export function emailChannel(name: string, mailbox: Mailbox): AlertChannel {
  const { createTransport } = require('nodemailer') as typeof import('nodemailer');
  const { host, port, encrypted, user, password, from, to } = mailbox;
  return {
    name,
    send: async (message, signal) => {
      // A socket of our own for each mail: nodemailer can't be told to stop.
      const socket = new Socket();
      const cut = (): void => void socket.destroy(new Error('not waited for'));
      signal.addEventListener('abort', cut, { once: true });
      const transport = createTransport({
        ...{ host, port, secure: encrypted, requireTLS: !encrypted && !isLoopback(host), socket },
        ...(user !== null && { auth: { user, pass: password ?? '' } }),
        // A text that looks like a file's name or an address is a text.
        ...{ disableFileAccess: true, disableUrlAccess: true },
        ...{ connectionTimeout: REQUEST_MS, greetingTimeout: REQUEST_MS, socketTimeout: REQUEST_MS },
        ...{ dnsTimeout: REQUEST_MS },
      });
      try {
        await transport.sendMail({ from, to: [...to], ...mailOf(message, from) });
        return { outcome: 'sent' };
      } catch (error) {
        return failureOf(error as MailError);
      } finally {
        signal.removeEventListener('abort', cut);
        transport.close();
        socket.destroy();
      }
    },
    close: () => {},
  };
}

/** Subject, text, HTML, and an id that repeats when the message does, by which mail programs show it once. */
export function mailOf(message: AlertMessage, from: string) {
  const words = worded(message);
  const domain = /@([A-Za-z0-9.-]+)>?$/.exec(from)?.[1] ?? 'funnelpulse.invalid';
  const of = (id: string): string =>
    `<${createHash('sha256').update(id).digest('hex').slice(0, 32)}@${domain}>`;
  const { id, statements } = message;
  const [{ episode, number }] = statements;
  // All that is said of an episode is one conversation.
  const isAnswer = statements.length === 1 && number > 1;
  const first = of(`${episode.id}-1`);
  return {
    subject: sentenceText(words.subject),
    messageId: of(id),
    ...(isAnswer && { inReplyTo: first, references: [first] }),
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: wordedText(words),
    html: htmlOf(words),
  };
}

function htmlOf({ statements, omitted, origin }: Worded): string {
  const blocks = statements.map(({ title, facts }) => {
    const { before, name, after } = title;
    const rows = facts.map(
      ([label, value]) =>
        `<tr><td style="padding:2px 16px 2px 0;color:#555">${escaped(label)}</td><td style="padding:2px 0">${escaped(value)}</td></tr>`,
    );
    return `<p style="font-size:16px">${escaped(before)}<strong><bdi>${escaped(name)}</bdi></strong>${escaped(after)}</p><table style="border-collapse:collapse">${rows.join('')}</table>`;
  });
  const more = omitted === null ? '' : `<p>${escaped(omitted)}</p>`;
  const small = `<p style="color:#555;font-size:12px">${escaped(sentenceText(origin))}</p>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body style="font-family:sans-serif">${blocks.join('')}${more}${small}</body></html>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

/** An error as nodemailer makes it: its own code, over the system's where there is one. */
interface MailError {
  readonly code?: string;
  readonly originalCode?: string;
  readonly responseCode?: number;
}

/** What a server has against a message, by the first digit of its answer: 4 for now, 5 for good. What it says is not passed on: it may quote anything. */
function failureOf({ code, originalCode = code, responseCode = 0 }: MailError): Delivery {
  if (code === 'ETLS' && responseCode > 0)
    return { outcome: 'refused', reason: 'it offers no encryption (STARTTLS), and is not this machine' };
  if (code === 'EAUTH' && (responseCode === 0 || responseCode >= 500))
    return { outcome: 'refused', reason: `it did not take the user and the password (${responseCode})` };
  if (responseCode >= 500) return { outcome: 'refused', reason: `it answered ${responseCode}` };
  if (responseCode >= 400) return { outcome: 'failed', reason: `it answered ${responseCode}`, afterMs: null };
  if (originalCode === 'ETIMEDOUT')
    return { outcome: 'failed', reason: `no answer within ${REQUEST_MS / 1000} s`, afterMs: null };
  return { outcome: 'failed', reason: connectionReason({ code: originalCode }), afterMs: null };
}
