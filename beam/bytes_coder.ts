/** Bytes as they are, by Beam's URN for them. The SDK's coder writes byte by byte and reads into a copy, which costs more than most of what is done with a message; this one takes its place in the registry. */
import { type Coder, type Context, globalRegistry, type ProtoContext } from 'apache-beam/coders/coders';
import 'apache-beam/coders/required_coders'; // registers the SDK's own, which must not come later
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Reader, Writer } from 'protobufjs';
import { readBlock, writeBlock } from './json_coder';

export class BytesCoder implements Coder<Uint8Array> {
  static readonly URN = 'beam:coder:bytes:v1';
  readonly type = 'bytescoder';

  encode(bytes: Uint8Array, writer: Writer, context: Context): void {
    if (context === 'needsDelimiters') writer.uint32(bytes.length);
    writeBlock(bytes, writer);
  }

  /** What it returns shares memory with what it was read from. */
  decode(reader: Reader, context: Context): Uint8Array {
    return readBlock(reader, context);
  }

  toProto(_context: ProtoContext): runnerApi.Coder {
    return { spec: { urn: BytesCoder.URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

globalRegistry().register(BytesCoder.URN, BytesCoder);
