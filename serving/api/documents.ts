/** `GET /openapi.json`, and `GET /docs` made of it: a page without scripts. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { send } from './answer';
import { docsPage } from './docs_page';
import { DOCS_STYLE } from './docs_style';
import type { ApiEnv, Serving } from './options';

/** The page's stylesheet; free, since a stylesheet tells nothing. */
export const STYLE_PATH = '/docs/style.css';

type Document = ReturnType<OpenAPIHono<ApiEnv>['getOpenAPI31Document']>;

/** Call it when all routes are there. */
export function documentRoutes(api: OpenAPIHono<ApiEnv>, { options }: Serving): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  api.openAPIRegistry.registerComponent('securitySchemes', 'cookie', {
    ...{ type: 'apiKey', in: 'cookie', name: 'funnelpulse_session' },
  });
  const document: Document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'FunnelPulse',
      version: options.version,
      description:
        'The conversion funnel of a shop, its anomalies, and what became of every record. Times are UTC; `from` is included, `to` is excluded, and a day as `to` is included whole. Money is a decimal as a text. Rows come in pages: `next` of an answer is the `cursor` of the page that follows.',
    },
    ...(options.token !== null && { security: [{ bearer: [] }, { cookie: [] }] }),
  });
  const json = JSON.stringify(document);
  const page = docsPage(document, STYLE_PATH);
  api.get('/openapi.json', (c) => send(c, json, 'application/json'));
  api.get('/docs', (c) => send(c, page, 'text/html; charset=utf-8'));
  api.get(STYLE_PATH, (c) => send(c, DOCS_STYLE, 'text/css; charset=utf-8'));
}
