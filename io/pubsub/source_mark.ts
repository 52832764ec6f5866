/** What a checkpoint keeps of a subscription: the watermark. Messages are not in it, since the service delivers again what was not acked. */
import { InputError } from '../input_error';
import { NO_WATERMARK } from './subscription_watermark';

const VERSION = 1;

export interface SourceMark {
  readonly watermark: number;
  /** The source that made the mark … */
  readonly source: string;
  /** … and how many messages it had given out by then; nothing to another source. */
  readonly given: number;
}

export function encodeMark({ watermark, source, given }: SourceMark): Uint8Array {
  const kept = watermark === NO_WATERMARK ? null : watermark;
  return Buffer.from(JSON.stringify({ version: VERSION, watermark: kept, source, given }));
}

/** @throws InputError where another version wrote it */
export function decodeMark(bytes: Uint8Array): SourceMark {
  const { version, watermark, source, given } = parsed(bytes);
  if (version !== VERSION || typeof source !== 'string' || typeof given !== 'number') {
    throw new InputError(
      'The state was written for another kind of input than a subscription, or by a newer version: continue with the input and version that wrote it, or begin with a new state folder.',
    );
  }
  return { watermark: typeof watermark === 'number' ? watermark : NO_WATERMARK, source, given };
}

function parsed(bytes: Uint8Array): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) ?? {};
  } catch {
    return {};
  }
}
