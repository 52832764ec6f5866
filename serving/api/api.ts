/**
 * The HTTP API: what one may ask the tables, over the net. A pure function of requests, which knows no server and no driver: `app.request('/v1/coverage')` answers.
 *
 * @example
 * const api = createApi(served, { version: '1.0.0', token: null, loopbackNamesOnly: true, assets: null });
 * const coverage = await (await api.request('/v1/coverage')).json();
 */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Served } from '../served';
import { anomalyRoutes } from './anomalies';
import { anomalyRoute } from './anomaly';
import { around } from './around';
import { readAssets } from './assets';
import { brandRoutes } from './brands';
import { coverageRoutes } from './coverage';
import { documentRoutes } from './documents';
import { failed, refusedQuery, unknownPath } from './failures';
import { funnelRoutes } from './funnel';
import { ledgerRoutes } from './ledger';
import { liveRoutes } from './live';
import type { ApiEnv, ApiOptions, Serving } from './options';
import { pageRoutes } from './pages';
import { runRoutes } from './runs';
import { sessionRoutes } from './session';

export type Api = OpenAPIHono<ApiEnv>;

export function createApi(served: Served, options: ApiOptions): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({ defaultHook: refusedQuery });
  const serving: Serving = { served, options };
  const free = new Set(['/health', '/session']);
  api.use('*', around(options, free));
  coverageRoutes(api, serving);
  funnelRoutes(api, serving);
  brandRoutes(api, serving);
  anomalyRoutes(api, serving);
  anomalyRoute(api, serving);
  ledgerRoutes(api, serving);
  runRoutes(api, serving);
  liveRoutes(api, serving);
  sessionRoutes(api, serving);
  documentRoutes(api, serving);
  for (const path of pageRoutes(api, readAssets(options.assets))) free.add(path);
  api.onError(failed(options));
  api.notFound(unknownPath(api));
  return api;
}
