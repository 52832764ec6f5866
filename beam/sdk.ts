/**
 * The parts of Beam's TypeScript SDK that the project builds graphs with, imported in the one order that works.
 *
 * The package's index also loads its Google Cloud clients, three hundred milliseconds that no graph needs, and its modules
 * import one another in circles, so that `apache-beam/pvalue` has to come first. Code that runs inside a bundle
 * (DoFns, combine functions, coders) takes no values from here: a worker loads in tens of milliseconds without.
 */
import './node24';
import 'apache-beam/pvalue';

export { KVCoder } from 'apache-beam/coders/required_coders';
export { Pipeline } from 'apache-beam/internal/pipeline';
export { P, PCollection, Root } from 'apache-beam/pvalue';
export { flatten } from 'apache-beam/transforms/flatten';
export { combinePerKey, groupByKey, impulse, withCoderInternal } from 'apache-beam/transforms/internal';
export {
  counter,
  paneInfoParam,
  parDo,
  SideInputParam,
  split,
  timestampParam,
  windowParam,
} from 'apache-beam/transforms/pardo';
export { withName } from 'apache-beam/transforms/transform';
export { assignTimestamps, windowInto } from 'apache-beam/transforms/window';
