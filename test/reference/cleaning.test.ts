/** What is rejected and why, what is kept and how: the rules of sections 1 and 2, case by case. */
import { csvOf, ndjsonOf, reasonsOf, tablesOf } from './event_lines';
import { computeReference } from './reference';

const TIME = '2019-10-01 10:20:30 UTC';
const good = {
  event_time: TIME,
  event_type: 'view',
  product_id: 'p1',
  price: 5,
  user_id: 'u1',
  user_session: 's1',
};
const click = {
  event_ts: '2019-10-01T10:20:30Z',
  event_type: 'page_view',
  product_id: 'p1',
  user_id: 'u1',
  session_id: 's1',
};

describe('the first reason wins', () => {
  test.each([
    ['missing_event_time', { event_time: '', event_type: '', price: '' }],
    ['bad_event_time', { event_time: 'x', event_type: '', price: '' }],
    ['missing_event_type', { event_type: '', price: '' }],
    ['unknown_event_type', { event_type: 'x', price: '' }],
    ['missing_price', { price: '', currency: 'USD' }],
    ['bad_price', { price: '1e3', currency: 'USD' }],
    ['nonpositive_price', { price: '-1', currency: 'USD' }],
    ['other_currency', { currency: 'USD' }],
  ])('%s', (reason, row) => expect(reasonsOf(csvOf(row), { currency: 'EUR' })).toEqual([reason]));

  test('size comes before sign', () => {
    expect(reasonsOf(csvOf({ price: '-1000000000' }, { price: '-999999999' }))).toEqual([
      'bad_price',
      'nonpositive_price',
    ]);
  });
  test('a price that rounds to zero is not positive', () => {
    expect(reasonsOf(csvOf({ price: '0.00004' }, { price: '0.00005' }))).toEqual(['nonpositive_price']);
  });
});

describe('CSV rows', () => {
  const HEADER = 'event_time,event_type,product_id,price,user_id,brand';
  const file = (...lines: (string | Buffer)[]) => ({
    source: 'f.csv',
    bytes: Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])),
    format: 'csv' as const,
  });

  test('wrong number of fields', () => {
    expect(
      reasonsOf(file(HEADER, `${TIME},view,p,1,u`, `${TIME},view,p,1,u,b,`, `${TIME},view,p,1,u,b`)),
    ).toEqual(['malformed_row', 'malformed_row']);
  });
  test('a quote that stays open ends with its line, and the next line is a row', () => {
    const tables = tablesOf(file(HEADER, `${TIME},view,p,1,u,"b`, `${TIME},view,p,1,u,b`));
    expect(tables.dead_letters.map((row) => [row.reason, row.line, row.payload])).toEqual([
      ['malformed_row', 2, `${TIME},view,p,1,u,"b`],
    ]);
    expect(tables.silver_events).toHaveLength(1);
  });
  test('invalid UTF-8 anywhere, also in an unknown column', () => {
    const row = Buffer.concat([Buffer.from(`${TIME},view,p,1,u,`), Buffer.from([0xff])]);
    const [letter] = tablesOf(file(HEADER.replace('brand', 'noise'), row)).dead_letters;
    expect(letter).toMatchObject({
      reason: 'malformed_row',
      payload_encoding: 'base64',
      payload: row.toString('base64'),
      event_time: null,
    });
  });
  test('columns in any order and case, spaces around, unknown and unnamed ones, the first of equal names', () => {
    const header = ',x, USER_ID ,price,"Product_Id",event_type,event_time,brand,brand';
    const tables = tablesOf(file(header, `0,?,u,1.5,p,view,${TIME},A,B`));
    expect(tables.silver_events).toMatchObject([
      { user_id: 'u', price: 15_000n, product_id: 'p', brand: 'A' },
    ]);
  });
  test('a missing required column names the file, the column and the header', () => {
    expect(() => tablesOf(file('event_time,event_type,product_id,user_id', 'x'))).toThrow(
      /f\.csv: no column price in event_time,/,
    );
  });
  test('a file without records has none', () => {
    expect(tablesOf(file(HEADER)).pipeline_ledger).toEqual([]);
  });
});

describe('fields', () => {
  test('are trimmed of ASCII white space only', () => {
    const [row] = tablesOf(
      csvOf({ brand: ' \t\v\fRunail ', user_session: '\u00a0s', event_type: ' View ' }),
    ).silver_events;
    expect(row).toMatchObject({
      brand: 'Runail',
      brand_norm: 'runail',
      user_session: '\u00a0s',
      event_type: 'view',
    });
  });
  test('ids printed as floats lose their zeros; others stand', () => {
    const ids = [
      '5773203.0',
      '5773203.00',
      '1.48758E+18',
      '1.50',
      '12.',
      '.0',
      '-5.0',
      '1487580005134238553.0',
    ];
    const rows = tablesOf(
      csvOf(
        ...ids.map((id, index) => ({
          product_id: id,
          category_id: id,
          user_id: id,
          user_session: `s${index}`,
        })),
      ),
    ).silver_events;
    const expected = [
      '5773203',
      '5773203',
      '1.48758E+18',
      '1.50',
      '12.',
      '.0',
      '-5.0',
      '1487580005134238553',
    ];
    for (const column of ['product_id', 'category_id', 'user_id'] as const)
      expect(rows.map((row) => row[column])).toEqual(expected);
  });
  test('missing ids are kept as empty text and flagged', () => {
    const [row] = tablesOf(
      csvOf({ product_id: '', user_id: ' ', user_session: '', brand: '' }),
    ).silver_events;
    expect(row).toMatchObject({
      product_id: '',
      user_id: '',
      user_session: null,
      brand: null,
      brand_norm: null,
      category_root: null,
    });
    expect(row).toMatchObject({
      dq_missing_product: true,
      dq_missing_user: true,
      dq_missing_session: true,
      dq_missing_brand: true,
    });
    expect(row).toMatchObject({ dq_missing_category: true, dq_missing_price: false });
  });
  test.each([
    ['Furniture.Living Room', 'furniture.living_room', 'furniture'],
    ['😀a.b', '_a.b', '_a'],
    ['İx', 'i_x', 'i_x'],
    ['.a.b', '.a.b', null],
    ['.', '.', null],
    ['a/б', 'a__', 'a__'],
  ])('category code %s', (code, norm, root) => {
    const [row] = tablesOf(csvOf({ category_code: code })).silver_events;
    expect(row).toMatchObject({ category_code: code, category_code_norm: norm, category_root: root });
  });
  test('lower case is JavaScript’s', () => {
    const brands = ['ÇİLEK', 'ΣΊΣΥΦΟΣ', 'STRAẞE'];
    const rows = tablesOf(csvOf(...brands.map((brand) => ({ brand, product_id: brand })))).silver_events;
    expect(rows.map((row) => row.brand_norm)).toEqual(['çi\u0307lek', 'σίσυφος', 'straße']);
  });
  test('a currency compares in upper case; a record without one is kept', () => {
    const file = csvOf({ currency: 'eur' }, { currency: ' Eur' }, { currency: '' }, { currency: 'USD' });
    expect(reasonsOf(file, { currency: 'EUR' })).toEqual(['other_currency']);
    expect(reasonsOf(file)).toEqual([]);
  });
});

describe('JSON records', () => {
  test('what is no object is not_json', () => {
    expect(reasonsOf(ndjsonOf('[]', '1', '{"a":', 'null', 'x', '{}'))).toEqual([
      ...Array(5).fill('not_json'),
      'missing_event_time',
    ]);
  });
  test('numbers go by their source text', () => {
    const line = `{"event_time":"${TIME}","event_type":"purchase","product_id":1487580005134238553,"user_id":7.0,"price":3.00005}`;
    expect(tablesOf(ndjsonOf(line)).silver_events).toMatchObject([
      { product_id: '1487580005134238553', user_id: '7', price: 30_001n },
    ]);
    expect(reasonsOf(ndjsonOf(line.replace('3.00005', '3e0')))).toEqual(['bad_price']);
  });
  test('the dialect goes by names: an event_time that is null makes it cosmetics', () => {
    expect(reasonsOf(ndjsonOf({ ...click, event_time: null }))).toEqual(['missing_event_time']);
    expect(reasonsOf(ndjsonOf({ ...click, event_ts: null, timestamp: click.event_ts }))).toEqual([]);
  });
  test('event types belong to their dialect', () => {
    expect(
      reasonsOf(ndjsonOf({ ...good, event_type: 'page_view' }, { ...click, event_type: 'view' })),
    ).toEqual(['unknown_event_type', 'unknown_event_type']);
    const types = ['PAGE_VIEW', 'add_to_cart', 'remove_from_cart', 'purchase'];
    const rows = tablesOf(ndjsonOf(...types.map((event_type) => ({ ...click, event_type })))).silver_events;
    expect(rows.map((row) => row.event_type)).toEqual(['view', 'cart', 'remove_from_cart', 'purchase']);
  });
  test('a clickstream price may be missing, not wrong', () => {
    const tables = tablesOf(ndjsonOf({ ...click, event_type: 'purchase' }));
    expect(tables.silver_events).toMatchObject([
      { price: null, price_band: 'unknown', dq_missing_price: true },
    ]);
    expect(tables.gold_funnel_hourly_price_band).toMatchObject([
      { price_band: 'unknown', purchases: 1, revenue: 0n },
    ]);
    expect(
      reasonsOf(ndjsonOf({ ...click, price: 'x' }, { ...click, price: 0 }, { ...good, price: null })),
    ).toEqual(['bad_price', 'nonpositive_price', 'missing_price']);
  });
  test('epoch numbers are no event times', () => {
    expect(
      reasonsOf(ndjsonOf({ ...click, event_ts: 1569925230000 }, { ...good, event_time: 1569925230 })),
    ).toEqual(['bad_event_time', 'bad_event_time']);
  });
  test('nested details, and the other names of the clickstream dialect', () => {
    const details = {
      utm: { source: 'a', medium: 'b', campaign: 'c' },
      device: { os: 'd', mobile: true, ua: 'e' },
      geo: { country: 'f', city: 'g' },
    };
    const expected = {
      utm_source: 'a',
      utm_medium: 'b',
      utm_campaign: 'c',
      device_os: 'd',
      device_mobile: 'true',
      device_ua: 'e',
      geo_country: 'f',
      geo_city: 'g',
    };
    const own = tablesOf(ndjsonOf({ ...good, ...details, page: '/p', ip: '1.1.1.1' })).silver_events;
    expect(own).toMatchObject([{ ...expected, page: '/p', ip: '1.1.1.1' }]);
    const other = tablesOf(
      ndjsonOf({ ...click, user_agent: 'ua', page_url: '/q', ip_address: '2.2.2.2' }),
    ).silver_events;
    expect(other).toMatchObject([{ device_ua: 'ua', page: '/q', ip: '2.2.2.2', user_session: 's1' }]);
    const both = tablesOf(
      ndjsonOf({ ...click, ...details, user_agent: 'ua', page: '/p', page_url: '/q' }),
    ).silver_events;
    expect(both).toMatchObject([{ device_ua: 'e', page: '/p' }]);
    const cosmetics = tablesOf(
      ndjsonOf({
        ...good,
        user_agent: 'ua',
        page_url: '/q',
        ip_address: '2.2.2.2',
        session_id: 'x',
        utm_source: 'x',
      }),
    ).silver_events;
    expect(cosmetics).toMatchObject([
      { device_ua: null, page: null, ip: null, user_session: 's1', utm_source: null },
    ]);
  });
  test('objects and arrays where text is expected are missing; null and empty too', () => {
    expect(
      reasonsOf(
        ndjsonOf(
          { ...good, event_type: ['view'] },
          { ...good, event_type: null },
          { ...good, event_type: ' ' },
        ),
      ),
    ).toEqual(Array(3).fill('missing_event_type'));
  });
  test('a lone surrogate becomes U+FFFD', () => {
    expect(tablesOf(ndjsonOf(JSON.stringify({ ...good, brand: '\ud800x' }))).silver_events).toMatchObject([
      { brand: '\ufffdx' },
    ]);
  });
});

test('several files of both formats make one run', () => {
  const tables = computeReference([csvOf({}), ndjsonOf({ ...good, brand: 'runail' }, click)]);
  expect(tables.pipeline_ledger).toMatchObject([{ read: 3, counted: 1, duplicates: 2 }]);
});
