/** Events of a stream, one by one, and a baseline that they are scored against. */

export interface Message {
  readonly data: Buffer;
  readonly attributes: Record<string, string>;
}

/**
 * Where the watermark goes to. With two hours of lateness the hour from 10:00 is over then and takes late events, and the hours before 10:00 take none.
 *
 * On-time messages carry it as attribute, as if a publisher had collected them until then: their bodies say when the events were. So the watermark needs no half minute to forget them.
 */
export const SENT = '2019-10-01T12:30:00Z';
let users = 0;

/** An event; of its own time, or sent at another. */
export function event(event_type: string, brand: string, time: string, sent = time, price = '5.00'): Message {
  const body = {
    ...{ event_time: `2019-10-01 ${time} UTC`, event_type, product_id: '1', category_id: '2' },
    ...{ category_code: 'home.kitchen', brand, price, user_id: `u${++users}`, user_session: 's' },
  };
  const at = sent === time ? `2019-10-01T${time}Z` : sent;
  return { data: Buffer.from(JSON.stringify(body)), attributes: { event_time: at } };
}

export function times(count: number, make: () => Message): Message[] {
  return Array.from({ length: count }, make);
}

/** Three hours in which one view of five led to a purchase, nearly. */
export const BASELINE = `window_start,brand,views,purchases,revenue\n${['acme', 'dud']
  .flatMap((brand) =>
    [18, 20, 22].map((purchases, hour) => `2019-09-2${hour} 10:00:00,${brand},100,${purchases},100.00`),
  )
  .join('\n')}\n`;
