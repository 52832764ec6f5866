/** Texts of fields, right and wrong, for whatever reads records. */
import fc from 'fast-check';

/** What a field may hold: mostly what it should, so that lines get far. */
export const FIELDS: Record<string, fc.Arbitrary<string>> = {
  event_time: often(
    [
      '2019-10-01 00:00:00 UTC',
      '2019-10-01 23:59:59 UTC',
      '2020-02-29 12:30:01 UTC',
      '2019-10-01T10:00:00Z',
      '2019-10-01T10:00:00.007Z',
      '0001-01-01 00:00:00 UTC',
      '9999-12-31 23:59:59 UTC',
    ],
    [
      '2019-02-29 00:00:00 UTC',
      '2100-02-29 00:00:00 UTC',
      '2000-02-29 00:00:00 UTC',
      '0000-01-01 00:00:00 UTC',
      '2019-10-01 24:00:00 UTC',
      '2019-10-01 00:60:00 UTC',
      '2019-13-01 00:00:00 UTC',
      '2019-00-10 00:00:00 UTC',
      '2019-10-00 00:00:00 UTC',
      '2019-10-32 00:00:00 UTC',
      '2019/10/01 00:00:00 UTC',
      '2019-10-01 10:00:00Z',
      '2019-10-01 10:00:00.007Z',
      '2019-10-01T10:00:00 UTC',
      '2019-10-01T10:00:00.07Z',
      '2019-10-01T10:00:00.0x7Z',
      '2019-10-01T10:00:00,007Z',
      '2019-10-01t10:00:00.007z',
      '2019-10-01T10:00:60.007Z',
      '2019-10-01 00:00:00.5Z',
      '2019-10-01 00:00:00 UTc',
      '1969-12-31 23:59:59 UTC',
      '1899-06-01 00:00:00 UTC',
      '',
    ],
  ),
  event_type: often(
    ['view', 'cart', 'remove_from_cart', 'purchase'],
    ['VIEW', 'View', 'purchas', 'purchase_', 'remove_from_carT', '', 'vie', 'viewcart'],
  ),
  product_id: often(
    ['5773203', '1', ''],
    ['5773203.0', '10', '0', '.0', '1.', '1.00', '1.48758E+18', 'a.0', '0.0', ' 1', '1 ', 'x'.repeat(70)],
  ),
  category_id: often(['1487580005134238553', ''], ['1487580005134238553.0', '.0', ' ']),
  category_code: often(['', 'a.b', 'furniture'], ['A.B', ' a.b', 'é', 'living room', '.x']),
  brand: often(['', 'runail', 'masura'], ['Runail', ' runail', 'runail ', '𝒜', 'İ', 'x'.repeat(100)]),
  price: often(
    ['2.62', '0.32', '1', '999999999.9999'],
    [
      '0',
      '0.0',
      '0.00004',
      '0.00005',
      '1.23456',
      '-1',
      '+1',
      '.5',
      '5.',
      '.',
      '',
      '1e3',
      '1,5',
      '1234567890',
      '000000000001',
      '999999999.99995',
      '0000000000.01',
      ' 1',
      '４',
    ],
  ),
  user_id: often(['463240011', ''], ['463240011.0', ' 1']),
  user_session: often(['26dd6e6e-4dac-4778-8d2c-92e149dab885', ''], ['s ', ' ', '"', 'a"b']),
};

/** Mostly one of the usual texts, now and then a rare one. */
export function often(usual: string[], rare: string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  );
}
