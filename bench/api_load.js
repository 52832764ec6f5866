/** Requests to the API, for bench/api.js: a mix over its routes in which hardly any two are the same. A process of its own, so that who measures is not who publishes. */
const http = require('node:http');

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Routes with their weights. */
function routesOf({ since, days, brands, anomalies }, random) {
  const whole = (most) => Math.floor(random() * most);
  const any = (list) => list[whole(list.length)];
  const day = (at) => new Date(at).toISOString().slice(0, 10);
  const start = Date.parse(since);
  const daysFrom = (most) => {
    const first = whole(days - 1);
    const last = first + whole(Math.min(most, days - first));
    return `from=${day(start + first * DAY_MS)}&to=${day(start + last * DAY_MS)}`;
  };
  const hoursFrom = (most) => {
    const first = start + whole((days - 4) * 24) * HOUR_MS;
    const time = (at) => `${new Date(at).toISOString().slice(0, 19)}Z`;
    return `from=${time(first)}&to=${time(first + (1 + whole(most)) * HOUR_MS)}`;
  };
  const keys = (most) =>
    Array.from({ length: 1 + whole(most) }, () => `key=${encodeURIComponent(any(brands))}`).join('&');
  return [
    [20, 'funnel brand day', () => `/v1/funnel?by=brand&grain=day&${daysFrom(30)}&${keys(3)}`],
    [15, 'funnel brand hour', () => `/v1/funnel?by=brand&grain=hour&${hoursFrom(72)}&${keys(2)}`],
    [10, 'funnel shop day', () => `/v1/funnel?by=shop&grain=day&${daysFrom(61)}&limit=${20 + whole(80)}`],
    [5, 'funnel shop hour', () => `/v1/funnel?by=shop&grain=hour&${hoursFrom(72)}`],
    [5, 'funnel category total', () => `/v1/funnel?by=category&grain=total&${daysFrom(61)}`],
    [5, 'funnel price band hour', () => `/v1/funnel?by=price_band&grain=hour&${hoursFrom(48)}`],
    [10, 'brands', () => `/v1/brands?${daysFrom(61)}&limit=${5 + whole(40)}`],
    [
      10,
      'anomalies',
      () => `/v1/anomalies?status=all&order=${any(['time', 'risk'])}&${daysFrom(61)}&limit=${5 + whole(40)}`,
    ],
    [5, 'anomalies by day', () => `/v1/anomalies/by-day?${daysFrom(61)}`],
    ...(anomalies.length > 0 ? [[5, 'anomaly', () => `/v1/anomalies/${any(anomalies)}`]] : []),
    [5, 'ledger', () => `/v1/ledger?${daysFrom(20)}&limit=${10 + whole(90)}`],
    [2, 'runs', () => `/v1/runs?limit=${1 + whole(99)}`],
    [3, 'coverage', () => '/v1/coverage'],
  ];
}

/** The route in whose part of all weights a number lies. */
function chosen(routes, at) {
  let end = 0;
  for (const route of routes) {
    end += route[0];
    if (at < end) return route;
  }
  return routes[0];
}

function ask(port, route) {
  return new Promise((resolve) => {
    const request = http.get({ agent, host: '127.0.0.1', port, path: route }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
      response.on('error', () => resolve(0));
    });
    request.on('error', () => resolve(0));
  });
}

process.on('message', async ({ port, choices, rate, forMs, seed }) => {
  const random = randomOf(seed);
  const routes = routesOf(choices, random);
  const weights = routes.reduce((sum, [weight]) => sum + weight, 0);
  const times = [];
  const byRoute = {};
  const failures = {};
  const one = async (due) => {
    const [, name, make] = chosen(routes, random() * weights);
    const route = make();
    const status = await ask(port, route);
    const took = performance.now() - due;
    if (status === 200) {
      times.push(took);
      byRoute[name] ??= [];
      byRoute[name].push(took);
    } else failures[`${status} ${name}`] = (failures[`${status} ${name}`] ?? 0) + 1;
  };
  const started = performance.now();
  if (rate === 0) while (performance.now() - started < forMs) await one(performance.now());
  else {
    const pending = [];
    for (let i = 0; i < (forMs / 1000) * rate; i++) {
      const due = started + (i / rate) * 1000;
      const early = due - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      pending.push(one(due));
    }
    await Promise.all(pending);
  }
  const took = performance.now() - started;
  process.send({ times, failures, routes: byRoute, rate: Math.round((times.length / took) * 10_000) / 10 });
});
