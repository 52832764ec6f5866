/** Who may ask: the bearer of the token, or a browser that has shown it once. Compared by digests, in a time that doesn't depend on what was sent. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Characters that a token has at least. */
export const LEAST_TOKEN = 16;

const COOKIE = 'funnelpulse_session';
const COOKIE_DAYS = 30;

export class Gate {
  private readonly token: Buffer;
  private readonly session: string;
  private readonly sessionDigest: Buffer;

  constructor(token: string) {
    this.token = digest(token);
    // Made of the token, so that it lives as long, and tells nothing of it.
    this.session = createHmac('sha256', token).update('session').digest('base64url');
    this.sessionDigest = digest(this.session);
  }

  isToken(text: string): boolean {
    return timingSafeEqual(digest(text), this.token);
  }

  /** @param authorization the header `Authorization` @param cookie the header `Cookie` */
  admits(authorization: string | undefined, cookie: string | undefined): boolean {
    const bearer = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (bearer !== undefined) return this.isToken(bearer);
    const session = cookieNamed(cookie ?? '', COOKIE);
    return session !== null && timingSafeEqual(digest(session), this.sessionDigest);
  }

  /** `Set-Cookie` for a browser that has shown the token. @param overTls the browser’s connection is encrypted, as a proxy says */
  cookie(overTls: boolean): string {
    return `${COOKIE}=${this.session}; Path=/; Max-Age=${COOKIE_DAYS * 86_400}; HttpOnly; SameSite=Strict${overTls ? '; Secure' : ''}`;
  }
}

/** `Set-Cookie` that takes the session back. */
export const NO_COOKIE = `${COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`;

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function cookieNamed(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const [key, value] = part.trim().split('=');
    if (key === name && value !== undefined) return value;
  }
  return null;
}
