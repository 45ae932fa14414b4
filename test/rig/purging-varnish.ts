import { Agent } from 'undici';
import { exchange } from '../../plugins/clients/http.js';
import { startVarnish, type RigVarnish } from './varnish.js';

const TOKEN = 'canary-71c0';
/** Pages that `under: ['/products/']` takes in; `/about` is another one. */
export const pages = ['/products/1', '/products/2', '/products/2?size=l'];

/** What an operator adds to the VCL: purges and bans of those who know the token, and a look that fetches nothing. */
const VCL = `
sub vcl_recv {
  if (req.method == "PURGE" || req.method == "BAN" || req.http.x-look) {
    if (req.http.x-purge-token != "${TOKEN}") { return (synth(403)); }
    if (req.method == "PURGE") { return (purge); }
    if (req.method == "BAN") { ban("req.http.host == " + req.http.host + " && req.url ~ ^" + req.url); return (synth(200)); }
    set req.url = req.http.x-look;
    return (hash);
  }
}
sub vcl_hit { if (req.http.x-look) { return (synth(200)); } }
sub vcl_miss { if (req.http.x-look) { return (synth(404)); } }
sub vcl_synth { if (req.http.x-look) { synthetic("true"); return (deliver); } }
`;

/** The configuration of the plugin for it. */
export function purgingConfig(port: number, method: 'PURGE' | 'BAN', token = TOKEN) {
  const look = { read: { path: '/', headers: { 'X-Look': '{item}' }, orNull: true }, gone: [null] };
  const paths = { under: ['/products/'], method, host: 'www.test' };
  const auth = { header: 'X-Purge-Token', value: token };
  const edge = {
    url: `http://127.0.0.1:${port}`,
    allow: ['127.0.0.1'],
    auth,
    paths,
    look,
    perSecond: 500,
    timeout: '700ms',
  };
  return { httpPurge: { caches: { edge } } };
}

/** Says which pages are in the cache, without bringing any in. */
export async function cached(port: number): Promise<string[]> {
  const agent = new Agent();
  const there: string[] = [];
  for (const page of [...pages, '/about']) {
    const headers = { host: 'www.test', 'x-look': page, 'x-purge-token': TOKEN };
    const wanted = {
      name: 'varnish',
      method: 'GET' as const,
      url: `http://127.0.0.1:${port}/`,
      headers,
      timeoutMs: 5_000,
    };
    const { status } = await exchange(agent, wanted, new AbortController().signal);
    if (status === 200) there.push(page);
  }
  await agent.destroy();
  return there;
}

/** Starts a real Varnish whose pages can be purged, banned and looked for over HTTP by whoever knows the token. */
export function startPurgingVarnish(): Promise<RigVarnish> {
  return startVarnish('a-secret', VCL);
}

/** Brings all pages in. */
export async function bringIn(varnish: RigVarnish): Promise<void> {
  for (const page of [...pages, '/about']) await varnish.get(page);
}
