/** Side inputs that the runner keeps: each window is fetched whole, once a bundle. */
import { Context } from 'apache-beam/coders/coders';
import { Reader } from 'protobufjs/minimal';
import { bytesOf } from '../bytes';
import type { Coders } from '../coders';
import type { SideInputRequest, SideInputs, StageDescriptor } from '../descriptor';
import { fetchRest, hasUnfetched } from './state_backed_iterables';
import type { StateStream } from './state_stream';

export class RemoteSideInputs implements SideInputs {
  /** @param stream opens the state stream, where it isn't open yet */
  constructor(
    private readonly instructionId: string,
    private readonly stage: StageDescriptor,
    private readonly coders: Coders,
    private readonly stream: () => StateStream,
  ) {}

  async elements({
    transformId,
    name,
    pcollectionId,
    windowKey,
  }: SideInputRequest): Promise<Iterable<unknown>> {
    const iterableSideInput = { transformId, sideInputId: name, window: bytesOf(windowKey) };
    const bytes = await this.stream().get(this.instructionId, {
      type: { oneofKind: 'iterableSideInput', iterableSideInput },
    });
    const coder = this.coders.get(this.stage.pcollections[pcollectionId].coderId);
    const reader = new Reader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    const elements: unknown[] = [];
    while (reader.pos < reader.len) elements.push(coder.decode(reader, Context.needsDelimiters));
    if (hasUnfetched()) await fetchRest(this.instructionId, this.stream);
    return elements;
  }
}
