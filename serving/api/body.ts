/** What comes with a request, up to a largest size. */
import { Refusal } from './refusal';

/** Bytes that a body may have: a token fits, and nothing else is taken. */
export const MOST_BODY_BYTES = 4096;

/** For a body that says it is larger; who doesn't say is counted while it is read. @param declared the header `Content-Length` */
export function largeBody(declared: string | undefined): Refusal | null {
  return declared === undefined || Number(declared) <= MOST_BODY_BYTES ? null : tooLarge();
}

/** @throws {Refusal} when it is larger */
export async function bodyText(request: Request): Promise<string> {
  if (request.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString('utf8');
    size += value.length;
    if (size > MOST_BODY_BYTES) {
      reader.cancel().catch(() => {});
      throw tooLarge();
    }
    chunks.push(value);
  }
}

function tooLarge(): Refusal {
  // Nobody reads the rest.
  return new Refusal('too_large', `A body has at most ${MOST_BODY_BYTES} bytes`, { Connection: 'close' });
}
