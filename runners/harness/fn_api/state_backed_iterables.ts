/**
 * Iterables of which the runner has sent only the beginning: the rest is fetched over the state stream, before anybody sees the element. So iterables stay arrays, that can be read as often as one likes, and have to fit into memory.
 *
 * Decoding can't wait. What has to be fetched is put aside while an element is decoded, and taken from there right after.
 */
import { type Coder, Context, globalRegistry, type ProtoContext } from 'apache-beam/coders/coders';
import { IterableCoder } from 'apache-beam/coders/standard_coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type Long from 'long';
import { Reader, type Writer } from 'protobufjs/minimal';
import type { StateStream } from './state_stream';

/** The end of an iterable whose elements are counted in parts; and the beginning of a token instead of more of them. */
const NO_MORE = 0;
const TOKEN_FOLLOWS = -1;

/** An iterable, and by which token the runner has the rest of it. */
interface Unfetched {
  readonly into: unknown[];
  readonly token: Uint8Array;
  readonly coder: Coder<unknown>;
}

let unfetched: Unfetched[] = [];

export class StateBackedIterableCoder implements Coder<unknown[]> {
  static readonly URN = 'beam:coder:state_backed_iterable:v1';
  private readonly whole: IterableCoder<unknown>;

  constructor(private readonly element: Coder<unknown>) {
    this.whole = new IterableCoder(element as never);
  }

  encode(elements: unknown[], writer: Writer, context: Context): void {
    this.whole.encode(elements as never, writer as never, context);
  }

  decode(reader: Reader): unknown[] {
    const { buf, pos } = reader;
    const count = new DataView(buf.buffer, buf.byteOffset).getInt32(pos);
    reader.pos += 4;
    const elements: unknown[] = [];
    if (count >= 0) this.decodePart(reader, count, elements);
    else this.decodeParts(reader, elements);
    return elements;
  }

  toProto(_context: ProtoContext): runnerApi.Coder {
    throw new Error('Only runners write this coder into a graph');
  }

  private decodeParts(reader: Reader, into: unknown[]): void {
    for (;;) {
      const count = (reader.int64() as Long).toNumber();
      if (count === NO_MORE) return;
      if (count === TOKEN_FOLLOWS) {
        unfetched.push({ into, token: reader.bytes(), coder: this.element });
        return;
      }
      this.decodePart(reader, count, into);
    }
  }

  private decodePart(reader: Reader, count: number, into: unknown[]): void {
    for (let i = 0; i < count; i++) into.push(this.element.decode(reader as never, Context.needsDelimiters));
  }
}

globalRegistry().registerConstructor(
  StateBackedIterableCoder.URN,
  (...parts: unknown[]) => new StateBackedIterableCoder(parts[parts.length - 1] as Coder<unknown>),
);

/** Whether what was decoded last has iterables whose rest has to be fetched. */
export function hasUnfetched(): boolean {
  return unfetched.length > 0;
}

/** Forgets what was put aside, where decoding has failed. */
export function forgetUnfetched(): void {
  unfetched = [];
}

/** Fetches the rest of all iterables that were decoded since the last call. Has to be called before anything else is decoded. */
export async function fetchRest(instructionId: string, stream: () => StateStream): Promise<void> {
  // What comes may hold such iterables again.
  while (unfetched.length > 0) {
    const missing = unfetched;
    unfetched = [];
    const rests = await Promise.all(
      missing.map(({ token }) =>
        stream().get(instructionId, { type: { oneofKind: 'runner', runner: { key: token } } }),
      ),
    );
    for (const [at, { into, coder }] of missing.entries()) {
      const rest = rests[at];
      const reader = new Reader(new Uint8Array(rest.buffer, rest.byteOffset, rest.length));
      while (reader.pos < reader.len) into.push(coder.decode(reader as never, Context.needsDelimiters));
    }
  }
}
