/** Where messages go: a topic, a file, or both. */
import * as fs from 'node:fs';
import { InputError, systemReason } from '../../io/input_error';
import type { OutgoingMessage } from '../../io/pubsub/outgoing_message';
import { TopicPublisher } from '../../io/pubsub/topic_publisher';

export interface MessageTarget {
  /** Takes a message; a promise where there is no room for the next one yet. */
  write(message: OutgoingMessage): Promise<void> | undefined;
  /** Waits until everything is where it belongs. */
  finish(): Promise<void>;
  /** Lets go of it, after {@link finish} or without it: then nothing half-written stays. */
  close(): Promise<void>;
  /** How long the target has not answered, milliseconds. */
  readonly stalledMs: number;
}

/** A target that is a topic, `projects/P/topics/T`. */
export async function openTopic(name: string): Promise<MessageTarget> {
  const publisher = await TopicPublisher.open(name);
  return {
    write: (message) => publisher.publish(message),
    finish: () => publisher.flush(),
    close: () => publisher.close(),
    get stalledMs() {
      return publisher.statistics.stalledMs;
    },
  };
}

const BUFFER_BYTES = 1 << 20;
const NEWLINE = Buffer.from('\n');

/** A target that is an NDJSON file: a line for each message, its data. It appears whole, at {@link MessageTarget.finish}; an earlier one of its name is replaced. */
export function openNdjson(file: string): MessageTarget {
  const part = `${file}.part`;
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new InputError(`cannot write ${file}: ${systemReason(error)}. Name another file`);
    }
  };
  let descriptor: number | null = guarded(() => fs.openSync(part, 'w'));
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  const flush = (): void => {
    const text = Buffer.concat(pieces);
    pieces = [];
    bytes = 0;
    guarded(() => fs.writeFileSync(descriptor!, text));
  };
  const end = (): void => {
    if (descriptor !== null) fs.closeSync(descriptor);
    descriptor = null;
  };
  return {
    write: ({ data }) => {
      pieces.push(data, NEWLINE);
      bytes += data.length + 1;
      if (bytes >= BUFFER_BYTES) flush();
      return undefined;
    },
    finish: async () => {
      flush();
      end();
      guarded(() => fs.renameSync(part, file));
    },
    close: async () => {
      end();
      fs.rmSync(part, { force: true });
    },
    stalledMs: 0,
  };
}

/** Several targets as one: each message goes to all of them. */
export function allTargets(targets: readonly MessageTarget[]): MessageTarget {
  if (targets.length === 1) return targets[0];
  return {
    write: (message) => {
      const waits = targets.map((target) => target.write(message)).filter((wait) => wait !== undefined);
      return waits.length === 0 ? undefined : Promise.all(waits).then(() => {});
    },
    finish: async () => {
      for (const target of targets) await target.finish();
    },
    close: async () => {
      for (const target of targets) await target.close();
    },
    get stalledMs() {
      return Math.max(...targets.map((target) => target.stalledMs));
    },
  };
}
