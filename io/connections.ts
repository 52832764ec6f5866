/** Connections for requests by HTTP, kept between them. */
import * as http from 'node:http';
import * as https from 'node:https';

/** By protocol and proxy. Connections are kept between requests: to make one takes several round trips. One that is idle keeps no process alive. */
const agents = new Map<string, http.Agent>();

/** What keeps the connections that serve an address. */
export function connectionsTo(url: URL): http.Agent {
  const proxy = proxyOf(url);
  const key = `${url.protocol} ${proxy ?? ''}`;
  let agent = agents.get(key);
  if (agent === undefined) {
    agent = newAgent(url.protocol === 'https:', proxy);
    agents.set(key, agent);
  }
  return agent;
}

/** The classes of Google's library where there is a proxy; they are loaded then only. */
function newAgent(encrypted: boolean, proxy: string | null): http.Agent {
  const options = { keepAlive: true } as const;
  if (proxy === null) return encrypted ? new https.Agent(options) : new http.Agent(options);
  if (encrypted) {
    const { HttpsProxyAgent } = require('https-proxy-agent') as typeof import('https-proxy-agent');
    return new HttpsProxyAgent(proxy, options);
  }
  const { HttpProxyAgent } = require('http-proxy-agent') as typeof import('http-proxy-agent');
  return new HttpProxyAgent(proxy, options);
}

/** The proxy on the way to an address, by the rules of Google’s library: what lists an object and what reads it take the same way. */
export function proxyOf(url: URL): string | null {
  const { HTTP_PROXY, http_proxy, HTTPS_PROXY, https_proxy, NO_PROXY, no_proxy } = process.env;
  const proxy = HTTP_PROXY || http_proxy || HTTPS_PROXY || https_proxy;
  if (!proxy) return null;
  const without = (NO_PROXY || no_proxy || '').split(',').map((name) => name.trim());
  const isWithout = (name: string): boolean =>
    name === url.origin ||
    name === url.hostname ||
    (/^\*?\./.test(name) && url.hostname.endsWith(name.replace(/^\*/, '')));
  return without.some(isWithout) ? null : proxy;
}
