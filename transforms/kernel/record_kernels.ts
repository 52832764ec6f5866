import { RecordKernel } from './record_kernel';

/** As many sets are worked on at once as hours are open, times their slots and shards. */
const MOST = 16;

/** The counting kernels of a thread, each with one set: of history one is enough, since one set is filled after the other; of live traffic all open hours are filled at once. */
export class RecordKernels {
  /** The one used last is the last. */
  private readonly kernels: RecordKernel[] = [];

  /** A kernel for an owner's set: an empty one, or that of the set that has not been used for longest, which leaves it. */
  take(): RecordKernel {
    const { kernels } = this;
    const free = kernels.find(({ isFree }) => isFree);
    if (free === undefined && kernels.length < MOST) {
      const made = new RecordKernel();
      kernels.push(made);
      return made;
    }
    const taken = free ?? kernels[0];
    taken.evict();
    this.use(taken);
    return taken;
  }

  /** Says that a kernel is used. */
  use(kernel: RecordKernel): void {
    const { kernels } = this;
    if (kernels.at(-1) === kernel) return;
    kernels.splice(kernels.indexOf(kernel), 1);
    kernels.push(kernel);
  }
}
