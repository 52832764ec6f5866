/** Messages to any program, as JSON, by the conventions of Standard Webhooks: an id that repeats when a message does, and a signature where there is a secret. docs/alerts.md has the fields. */
import { createHmac } from 'node:crypto';
import type { AlertChannel, AlertMessage } from '../../schema/alert';
import { moneyDecimal } from '../../schema/column';
import { post } from './post';

const VERSION = 1;

/**
 * @param url may be a secret
 * @param secret signs: `whsec_` and base64, or any text; null for no signature
 */
export function webhookChannel(name: string, url: URL, secret: string | null): AlertChannel {
  return {
    name,
    send: (message, signal) => {
      const body = JSON.stringify(webhookMessage(message));
      const timestamp = String(Math.floor(Date.now() / 1000));
      return post(url, {
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'idempotency-key': message.id,
          'webhook-id': message.id,
          'webhook-timestamp': timestamp,
          ...(secret !== null && {
            'webhook-signature': `v1,${signature(secret, `${message.id}.${timestamp}.${body}`)}`,
          }),
        },
        body,
        signal,
      });
    },
    close: () => {},
  };
}

function signature(secret: string, text: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
  return createHmac('sha256', key).update(text, 'utf8').digest('base64');
}

/** Times are ISO 8601, amounts decimals in texts. */
export function webhookMessage({ id, output, at, statements, omitted }: AlertMessage): object {
  return {
    version: VERSION,
    id,
    output: wellFormed(output),
    written_at: timeText(at),
    omitted,
    alerts: statements.map(({ kind, number, episode }) => ({
      kind,
      number,
      episode: {
        id: episode.id,
        status: episode.status,
        brand: wellFormed(episode.brand),
        detector: episode.detector,
        type: episode.type,
        from: timeText(episode.from),
        to: timeText(episode.to),
        anomalous_hours: episode.hours,
        views: episode.views,
        purchases: episode.purchases,
        expected_purchases: episode.expectedPurchases,
        revenue_at_risk: episode.revenueAtRisk === null ? null : moneyDecimal(episode.revenueAtRisk),
        z: episode.z,
        since: episode.since,
      },
    })),
  };
}

/** Half a surrogate pair would be an escape that many readers of JSON refuse. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}
