import { type Coder, Context, globalRegistry, type ProtoContext } from 'apache-beam/coders/coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Reader, Writer } from 'protobufjs';

/** Arrays of what another coder encodes: their length, then each element. */
export class ListCoder<T> implements Coder<T[]> {
  static readonly URN = 'funnelpulse:coder:list:v1';
  readonly type = 'list';

  constructor(private readonly element: Coder<T>) {}

  encode(list: T[], writer: Writer, _context: Context): void {
    writer.uint32(list.length);
    for (const element of list) this.element.encode(element, writer, Context.needsDelimiters);
  }

  decode(reader: Reader, _context: Context): T[] {
    return Array.from({ length: reader.uint32() }, () =>
      this.element.decode(reader, Context.needsDelimiters),
    );
  }

  toProto(context: ProtoContext): runnerApi.Coder {
    const elementId = (context as ProtoContext & { getCoderId(coder: Coder<unknown>): string }).getCoderId(
      this.element,
    );
    return { spec: { urn: ListCoder.URN, payload: new Uint8Array() }, componentCoderIds: [elementId] };
  }
}

globalRegistry().registerConstructor(
  ListCoder.URN,
  (...components: unknown[]) => new ListCoder(components[components.length - 1] as Coder<unknown>),
);
