/** How a worker is, as text for people: what Beam's SDKs say of themselves on a runner's page (https://s.apache.org/beam-fn-api-harness-status). */

export interface BundleStatus {
  readonly instructionId: string;
  /** The runner's id of the stage. */
  readonly stage: string;
  /** Milliseconds since it began. */
  readonly forMs: number;
  /** The element at work by source, from 0; -1 before the first. */
  readonly elements: readonly (readonly [transformId: string, index: number])[];
}

export interface WorkerStatus {
  readonly id: string;
  readonly upMs: number;
  readonly memory: Pick<NodeJS.MemoryUsage, 'rss' | 'heapUsed' | 'heapTotal' | 'external'>;
  readonly bundles: readonly BundleStatus[];
  /** Addresses that streams are open to. */
  readonly dataStreams: readonly string[];
  readonly stateStreams: readonly string[];
}

/** The bundle that has been at work for longest comes first. */
export function statusText({ id, upMs, memory, bundles, dataStreams, stateStreams }: WorkerStatus): string {
  const { rss, heapUsed, heapTotal, external } = memory;
  const longest = bundles.toSorted((a, b) => b.forMs - a.forMs);
  return [
    `Worker ${id}, Node ${process.version}, up for ${seconds(upMs)}`,
    `Memory: ${mebibytes(rss)} resident, heap ${mebibytes(heapUsed)} of ${mebibytes(heapTotal)}, ${mebibytes(external)} outside`,
    `Data streams: ${dataStreams.join(', ') || 'none'}`,
    `State streams: ${stateStreams.join(', ') || 'none'}`,
    `Bundles at work: ${bundles.length}`,
    ...longest.map((bundle) => `  ${bundleText(bundle)}`),
    '',
  ].join('\n');
}

function bundleText({ instructionId, stage, forMs, elements }: BundleStatus): string {
  const at = elements.map(([transformId, index]) => `element ${index} of ${transformId}`);
  return `${instructionId}: stage ${stage}, for ${seconds(forMs)}, at ${at.join(', ') || 'no source'}`;
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
const mebibytes = (bytes: number): string => `${(bytes / (1 << 20)).toFixed(1)} MiB`;
