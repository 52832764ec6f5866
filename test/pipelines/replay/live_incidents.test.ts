import { LiveIncidents } from '../../../pipelines/replay/live_incidents';
import { LiveShop } from '../../../producers/shop';

const START = Date.parse('2026-01-01T08:00:00Z');

function open() {
  const shop = new LiveShop({ seed: 1, startMs: START, perSecond: 10, events: Number.POSITIVE_INFINITY });
  return { shop, incidents: new LiveIncidents(shop) };
}

test('an incident ends after its duration', () => {
  const { shop, incidents } = open();
  const [, second] = shop.brands;
  expect(incidents.obey(`drop ${second} 30s`)).toBe(
    `drop of ${second} from 2026-01-01T08:00:00.000Z until 2026-01-01T08:00:30.000Z`,
  );
  for (let i = 0; i < 40; i++) {
    incidents.tick();
    shop.nextSecond();
  }
  expect(incidents.all).toEqual([
    {
      kind: 'drop',
      brand: second,
      start: '2026-01-01T08:00:00.000Z',
      end: '2026-01-01T08:00:30.000Z',
      factor: 0,
    },
  ]);
  expect(incidents.obey('end')).toBe('no incident goes on');
});

test('a new one takes the place of one that goes on; the strongest brand is the one that is not named', () => {
  const { shop, incidents } = open();
  expect(incidents.obey('spike')).toMatch(/until you type end$/);
  shop.nextSecond();
  expect(incidents.obey('  outage 2h ')).toMatch(/^outage from 2026-01-01T08:00:01.000Z until .*10:00:01/);
  shop.nextSecond();
  expect(incidents.obey('end')).toBe('the incident ends');
  expect(incidents.all.map(({ kind, brand, end }) => [kind, brand, end])).toEqual([
    ['spike', shop.brands[0], '2026-01-01T08:00:01.000Z'],
    ['outage', null, '2026-01-01T08:00:02.000Z'],
  ]);
});

test.each([
  ['drop nobody', /there is no brand nobody; the strongest are /],
  ['explode', /"explode" is no command. There are: drop/],
  ['outage velmora', /is no command/],
  ['end now', /is no command/],
  ['drop 5x', /5x is no duration/],
  ['', /^$/],
])('%j begins nothing', (text, answer) => {
  const { incidents } = open();
  expect(incidents.obey(text)).toMatch(answer);
  expect(incidents.all).toEqual([]);
});
