/** Messages for tests of channels. */
import type { AlertMessage, AlertStatement, EpisodeFacts } from '../../../schema/alert';

export const EPISODE: EpisodeFacts = {
  id: 'memory-1',
  status: 'open',
  brand: 'velmora',
  detector: 'zscore',
  type: 'drop',
  from: Date.parse('2026-01-31T22:00:00Z'),
  to: Date.parse('2026-02-01T01:00:00Z'),
  hours: 3,
  views: 1200,
  purchases: 6,
  expectedPurchases: 60.04,
  revenueAtRisk: 12_345_678n,
  z: -3.4,
  since: { hours: 0, views: 0, purchases: 0 },
};

/** What a shop's data may hold where a brand should be. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '<!channel> & <@U1> *b* _i_ ~s~ `c`',
  'a\r\nBcc: evil@example.org\r\n\r\nbody',
  '__proto__',
  '\ud800half\udc00',
  '\u202egnp.exe',
  'x\u0000\u0007\u001b[31m',
  'é'.repeat(10_000),
  '   ',
  '{{7*7}} %s $1',
];

export function messageOf(
  episode: Partial<EpisodeFacts> = {},
  { kind, number }: Pick<AlertStatement, 'kind' | 'number'> = { kind: 'detected', number: 1 },
): AlertMessage {
  const id = `${EPISODE.id}-${number}`;
  const statements = [{ kind, number, episode: { ...EPISODE, ...episode } }];
  return { id, output: 'out/live.duckdb', at: 1_770_000_000_000, statements, omitted: 0 };
}

export function digestOf(count: number, omitted: number): AlertMessage {
  const [one] = messageOf().statements;
  const statements = Array.from({ length: count }, (_, i) => ({
    ...one,
    episode: { ...EPISODE, id: `memory-${i + 1}`, brand: `brand ${i + 1}` },
  }));
  return { ...messageOf(), id: 'memory-digest-7', statements, omitted };
}

export const never = new AbortController().signal;
