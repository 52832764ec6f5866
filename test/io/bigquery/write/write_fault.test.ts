/** Which faults are waited out, and how long. */
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { backoffMs, isPermanent } from '../../../../io/bigquery/write/write_fault';
import { STATUS } from '../../../../io/wire/grpc_fault';

const fault = (code: number, details = '') => ({ code, details });

test('faults that are over soon are waited out, others are not', () => {
  const passing = Object.values(STATUS).filter((code) => !isPermanent(fault(code)));
  expect(passing.map((code) => status[code])).toEqual([
    ...[
      'OK',
      'CANCELLED',
      'UNKNOWN',
      'DEADLINE_EXCEEDED',
      'RESOURCE_EXHAUSTED',
      'ABORTED',
      'INTERNAL',
      'UNAVAILABLE',
    ],
  ]);
});

test('a token that can’t be had now is waited for, one that is refused is not', () => {
  const plugin = (reason: string) =>
    fault(STATUS.UNAUTHENTICATED, `Getting metadata from plugin failed with error: ${reason}`);
  expect(
    isPermanent(plugin('request to https://oauth2.example/token failed, reason: connect ECONNREFUSED')),
  ).toBe(false);
  expect(isPermanent(plugin('invalid_grant'))).toBe(true);
  expect(isPermanent(fault(STATUS.UNAVAILABLE, 'Could not load the default credentials'))).toBe(true);
});

test('waiting doubles up to ten seconds, longer from the start where a quota is used up', () => {
  expect([0, 1, 2, 3].map((attempts) => backoffMs(fault(STATUS.UNAVAILABLE), attempts, 1))).toEqual([
    50, 100, 200, 400,
  ]);
  expect([0, 1].map((attempts) => backoffMs(fault(STATUS.RESOURCE_EXHAUSTED), attempts, 1))).toEqual([
    1000, 2000,
  ]);
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(STATUS)), fc.nat(), (code, attempts) => {
      const [least, most] = [backoffMs(fault(code), attempts, 0), backoffMs(fault(code), attempts, 1)];
      expect(least).toBe(most / 2);
      expect(most).toBeLessThanOrEqual(10_000);
      const waited = backoffMs(fault(code), attempts);
      expect(waited >= least && waited <= most).toBe(true);
    }),
  );
});
