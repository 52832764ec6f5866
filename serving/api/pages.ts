/** The dashboard's files, and what stands in its place where it wasn't built. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { send, sized, takesGzip } from './answer';
import type { Asset } from './assets';
import { STYLE_PATH } from './documents';
import type { ApiEnv } from './options';

const NO_DASHBOARD = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>FunnelPulse</title><link rel="stylesheet" href="${STYLE_PATH}"></head>
<body><main><h1>FunnelPulse</h1><p>This server answers questions. <a href="/docs">The documentation</a> says which.</p></main></body></html>
`;

/** Names of files that change when what is in them does. */
const HASHED = /^\/assets\//;

/** The paths that are free without a token. */
export function pageRoutes(api: OpenAPIHono<ApiEnv>, assets: ReadonlyMap<string, Asset>): string[] {
  const index = assets.get('/index.html')?.bytes ?? Buffer.from(NO_DASHBOARD);
  api.get('/', (c) => send(c, index, 'text/html; charset=utf-8'));
  const files = [...assets].filter(([path]) => path !== '/index.html');
  for (const [path, asset] of files) {
    if (!HASHED.test(path)) api.get(path, (c) => send(c, asset.bytes, asset.type));
    else api.get(path, forever(asset));
  }
  return ['/', STYLE_PATH, ...files.map(([path]) => path)];
}

/** A file that never changes under its name; compressed once. */
function forever({ bytes, type }: Asset): (c: Context<ApiEnv>) => Response {
  const tag = `"${createHash('sha1').update(bytes).digest('base64url')}"`;
  let compressed: Buffer | undefined;
  return (c) => {
    c.header('ETag', tag);
    c.header('Cache-Control', 'public, max-age=31536000, immutable');
    c.header('Vary', 'Accept-Encoding');
    if (c.req.header('if-none-match') === tag) return c.body(null, 304);
    c.header('Content-Type', type);
    if (!/^(text\/|image\/svg|application\/json)/.test(type) || !takesGzip(c.req.header('accept-encoding')))
      return sized(c, bytes);
    c.header('Content-Encoding', 'gzip');
    compressed ??= gzipSync(bytes);
    return sized(c, compressed);
  };
}
