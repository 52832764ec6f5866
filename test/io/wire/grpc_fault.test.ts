/** Faults of gRPC's calls. */
import { Metadata, status } from '@grpc/grpc-js';
import { grpcFaultOf, STATUS } from '../../../io/wire/grpc_fault';

test('the codes are gRPC’s, all of them', () => {
  const numbers = Object.entries(status).filter(([, code]) => typeof code === 'number');
  expect({ ...STATUS }).toEqual(Object.fromEntries(numbers));
});

test.each([
  [
    'a service’s error',
    { code: 7, details: 'not you', message: '7 PERMISSION_DENIED: not you' },
    7,
    'not you',
  ],
  ['the end of a stream', { code: 14, details: '', metadata: new Metadata() }, 14, 'no reason given'],
  ['an error of another library', new Error('no credentials'), 2, 'no credentials'],
  ['an error of the system', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 2, 'refused'],
  ['nothing', null, 2, 'null'],
])('%s', (_, error, code, details) => {
  expect(grpcFaultOf(error)).toEqual({ code, details });
});
