/**
 * Short ids are introduced to the runner one report at a time.
 *
 * A runner asks what an id stands for when it first sees it, and Prism keeps what a bundle has counted under an unknown id until it is told: of one bundle, the last. Two that end before it is told would lose one's
 * counts. So a bundle's last report waits while its new ids are on their way in another's.
 */
import type { Monitoring } from './monitoring';

/** How long a runner may take to ask before it is taken for one that doesn't. */
const MOST_WAIT_MS = 1000;
/** How long after the answer to its question a runner may need to have read it. */
const SETTLE_MS = 20;

export class Introductions {
  /** Ids on their way: resolved when the runner knows them. */
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly known = new Set<string>();
  private readonly explained = new Map<string, () => void>();

  /** @param monitoring tells here what the runner has asked about */
  constructor(monitoring: Monitoring) {
    monitoring.onExplained = (ids) => {
      for (const id of ids) this.explain(id);
    };
  }

  /** Resolves when a report with these ids may be sent. Returns nothing where that is at once. */
  admit(ids: readonly string[]): Promise<void> | undefined {
    const unknown = ids.filter((id) => !this.known.has(id));
    if (unknown.length === 0) return undefined;
    const others = unknown.flatMap((id) => this.underWay.get(id) ?? []);
    if (others.length > 0) return Promise.all(others).then(() => this.admit(unknown));
    for (const id of unknown) this.underWay.set(id, this.introduction(id));
    return undefined;
  }

  /** The runner has asked: for an id of a last report, or of a report on progress, which nobody waits for. */
  private explain(id: string): void {
    const settle = this.explained.get(id);
    if (settle !== undefined) settle();
    else if (!this.known.has(id) && !this.underWay.has(id)) this.underWay.set(id, this.settled(id));
  }

  private async introduction(id: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, MOST_WAIT_MS).unref();
      this.explained.set(id, () => {
        clearTimeout(timer);
        this.settled(id).then(resolve);
      });
    });
    this.explained.delete(id);
    this.know(id);
  }

  private async settled(id: string): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    this.know(id);
  }

  private know(id: string): void {
    this.known.add(id);
    this.underWay.delete(id);
  }
}
