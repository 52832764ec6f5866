/** The address of a place: whatever is chosen comes back from it. */
import fc from 'fast-check';
import {
  DIMENSIONS,
  dayOf,
  HOME,
  MOST_KEYS,
  ORDERS,
  type Place,
  placeOf,
  STATUSES,
  searchOf,
  TYPES,
  VIEWS,
} from '../../dashboard/location';

const name = () =>
  fc.oneof(
    fc.string({ minLength: 1, unit: 'grapheme' }),
    fc.constantFrom('__proto__', '<script>alert(1)</script>', 'a&key=b', '%00', '+', ' ', 'שלום'),
  );
const day = () =>
  fc
    .date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));

const place: fc.Arbitrary<Place> = fc
  .record({
    view: fc.constantFrom(...VIEWS),
    from: fc.option(day()),
    to: fc.option(day()),
    by: fc.constantFrom(...DIMENSIONS),
    keys: fc.uniqueArray(name(), { maxLength: MOST_KEYS }),
    brand: fc.option(name()),
    anomaly: fc.option(name()),
    status: fc.constantFrom(...STATUSES),
    type: fc.option(fc.constantFrom(...TYPES)),
    order: fc.constantFrom(...ORDERS),
  })
  .map((chosen) => (chosen.by === 'shop' ? { ...chosen, keys: [] } : chosen));

test('what was chosen comes back from its address', () => {
  fc.assert(fc.property(place, (chosen) => expect(placeOf(searchOf(chosen))).toEqual(chosen)));
});

test('any query leads somewhere, and from there always to the same address', () => {
  fc.assert(
    fc.property(fc.oneof(fc.webQueryParameters(), fc.string({ unit: 'binary' })), (search) => {
      const found = placeOf(search);
      expect(placeOf(searchOf(found))).toEqual(found);
    }),
  );
});

test('home has no query', () => {
  expect(searchOf(HOME)).toBe('');
  expect(placeOf('')).toEqual(HOME);
});

test.each([
  ['?view=nowhere&by=color&status=new&type=dip&order=size', HOME],
  ['?from=2019-02-30&to=yesterday', HOME],
  ['?key=a&key=a&key=&key=b', { ...HOME, keys: ['a', 'b'] }],
  ['?by=shop&key=a', { ...HOME, by: 'shop' }],
  ['?key=1&key=2&key=3&key=4&key=5&key=6', { ...HOME, keys: ['1', '2', '3', '4', '5'] }],
  ['?view=brand&brand=__proto__', { ...HOME, view: 'brand', brand: '__proto__' }],
])('%s', (search, expected) => {
  expect(placeOf(search)).toEqual(expected);
});

test('days that there are not are none', () => {
  expect(['2020-02-29', '2019-02-29', '2019-2-1', '', null].map(dayOf)).toEqual([
    '2020-02-29',
    ...[null, null, null, null],
  ]);
});
