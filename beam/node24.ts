/**
 * The SDK calls type checks of `node:util` that Node 24 no longer has, and that Node 22 has a word to say about on standard error. They are put in before the SDK is loaded.
 */
import * as util from 'node:util';

const removed: Record<string, (value: unknown) => boolean> = {
  isArray: Array.isArray,
  isRegExp: util.types.isRegExp,
  isDate: util.types.isDate,
  isError: (value) => value instanceof Error,
  isFunction: (value) => typeof value === 'function',
  isObject: (value) => value !== null && typeof value === 'object',
  isPrimitive: (value) => value === null || (typeof value !== 'object' && typeof value !== 'function'),
};

const isDeprecated = Number(process.versions.node.split('.')[0]) >= 22;
// The import's namespace object is frozen; what `require` returns is the module itself.
const target: Record<string, unknown> = require('node:util');
for (const [name, check] of Object.entries(removed)) {
  if (typeof target[name] !== 'function' || isDeprecated) target[name] = check;
}
