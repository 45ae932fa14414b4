import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Action, PluginInstance } from '../../src/plugin-sdk/plugin.js';
import plugin from '../../plugins/throttle/index.js';
import { exchange } from '../rig/exchange.js';
import { startLimitedNginx, type LimitedNginx } from '../rig/limited-nginx.js';
import { plainCall } from '../rig/plain-call.js';
import { startPlainHaproxy, type PlainHaproxy } from '../rig/plain-haproxy.js';
import { freePort } from '../rig/processes.js';
import { startSmallCenter, type SmallCenter } from '../rig/small-center.js';
import { waitFor } from '../rig/wait-for.js';

// D4: a new limit is in force within 100 ms of the decision, where the target allows it. Measured from outside: a steady
// flow of requests, and the first of them that is turned away.
const RUNS = 20;
/** A change is a handful of questions and a program that checks: on a busy machine it takes this many times the bare command. */
const BUSY = 10;
const log = { info: () => {}, warn: () => {} };

/** Asks once, by a connection of its own, and gives the status. */
const ask = (port: number, path: string) =>
  new Promise<number>((resolve, reject) => {
    get({ port, path, agent: false, headers: { host: 'shop.test', connection: 'close' } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    }).on('error', reject);
  });

/** How long it is, in milliseconds, from the beginning of a change to the first request that is turned away. */
async function untilLimited(port: number, path: string, change: () => Promise<unknown>): Promise<number> {
  let first: number | undefined;
  let over = false;
  let before = 0;
  const flow = async (): Promise<void> => {
    while (!over && first === undefined) {
      if ((await ask(port, path)) === 429) first ??= performance.now();
      else before += 1;
    }
  };
  const flowing = [flow(), flow()];
  await waitFor('requests to be let through', () => before >= 20, 30_000, 1);
  if (first !== undefined) throw new Error('requests are turned away before the change');
  const start = performance.now();
  await change();
  await waitFor('a request to be turned away', () => first !== undefined, 30_000, 1);
  over = true;
  await Promise.all(flowing);
  return (first ?? NaN) - start;
}

const ms = (value: number | undefined) => `${(value ?? NaN).toFixed(1)} ms`;
function figures(name: string, all: readonly number[]): { p50: number; p95: number } {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? NaN;
  console.log(`${name}: p50 ${ms(at(0.5))}, p95 ${ms(at(0.95))}, most ${ms(sorted.at(-1))}, of ${sorted.length} runs`);
  return { p50: at(0.5), p95: at(0.95) };
}

describe('throttle/haproxy', () => {
  let haproxy: PlainHaproxy;
  let center: SmallCenter;
  let port: number;
  let action: Action;
  const params = { of: { map: 'rates', key: 'shop' }, limit: 1, lift: 'at-once' };

  beforeAll(async () => {
    center = await startSmallCenter('a', { status: 200, takesMs: 0 });
    port = await freePort();
    haproxy = await startPlainHaproxy(
      (folder) => `
defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
frontend public
  bind 127.0.0.1:${port}
  http-request set-var(txn.service) hdr(host),field(1,.)
  http-request track-sc0 var(txn.service) table rates
  http-request set-var(txn.rate) var(txn.service),map_str_int(${folder}/rates.map,2000000000)
  http-request deny deny_status 429 if { sc_http_req_rate(0),sub(txn.rate) gt 0 }
  default_backend centers
backend rates
  stick-table type string len 64 size 1k expire 1m store http_req_rate(1s)
backend centers
  server a ${center.address} maxconn 500
`,
      { 'rates.map': 'shop 100000\n' },
    );
    const settings = { endpoint: haproxy.socket, maps: { rates: `${haproxy.folder}/rates.map` } };
    action = plugin.instantiate({ haproxy: settings }, log).provided.actions!['haproxy']!;
  });
  afterAll(async () => {
    await haproxy?.stop();
    center?.stop();
  });

  it('D4: turns requests away within 100 ms of the decision, by a rate in a map', async () => {
    const map = `${haproxy.folder}/rates.map`;
    const through: number[] = [];
    const bare: number[] = [];
    const back = async () => {
      await haproxy.tell(`set map ${map} shop 100000`);
      await waitFor('requests to be let through', async () => (await ask(port, '/')) === 200, 30_000);
    };
    const { before } = await action.plan(plainCall(), params);
    for (let run = 0; run < RUNS; run += 1) {
      through.push(await untilLimited(port, '/', () => action.apply(plainCall(), params, before)));
      await back();
      bare.push(await untilLimited(port, '/', () => exchange({ path: haproxy.socket }, `set map ${map} shop 1\n`)));
      await back();
    }
    const { p95 } = figures('throttle/haproxy, rate in a map: decision to first request turned away', through);
    const command = figures('  the bare command', bare);
    expect(p95).toBeLessThan(Math.max(100, BUSY * command.p95));
  });

  it('D4: lets a server have no more than its connections within 100 ms of the decision', async () => {
    const all: number[] = [];
    const bare: number[] = [];
    const of = { of: { backend: 'centers', server: 'a' }, limit: 5, lift: 'at-once' };
    const limit = async () => (await haproxy.tell('show stat centers 4 -1')).split('\n')[1]?.split(',')[6];
    for (let run = 0; run < RUNS; run += 1) {
      const { before } = await action.plan(plainCall(), of);
      const start = performance.now();
      await action.apply(plainCall(), of, before);
      all.push(performance.now() - start);
      const asked = performance.now();
      expect(await limit()).toBe('5');
      bare.push(performance.now() - asked);
      await action.revert(plainCall(), of, before);
    }
    const { p95 } = figures('throttle/haproxy, maxconn of a server: decision to read back', all);
    const question = figures('  one question', bare);
    expect(p95).toBeLessThan(Math.max(100, BUSY * question.p95));
  });
});

describe('throttle/nginx', () => {
  let nginx: LimitedNginx;
  let instance: PluginInstance;
  beforeAll(async () => {
    nginx = await startLimitedNginx(100_000);
    const { limits, test } = nginx.settings;
    instance = plugin.instantiate({ nginx: { limits, test, reload: { pid: nginx.pidFile } } }, log);
  });
  afterAll(async () => {
    await instance?.close();
    await nginx?.stop();
  });

  it('turns requests away as soon as nginx has read its files again; the bare reload takes most of it', async () => {
    const action = instance.provided.actions!['nginx']!;
    const params = { name: 'shop', limit: 1, lift: 'at-once' };
    const through: number[] = [];
    const bare: number[] = [];
    for (let run = 0; run < RUNS / 2; run += 1) {
      const { before } = await action.plan(plainCall(), params);
      through.push(await untilLimited(nginx.port, '/shop', () => action.apply(plainCall(), params, before)));
      await action.revert(plainCall(), params, before);
      bare.push(await untilLimited(nginx.port, '/shop', async () => nginx.set(1)));
      await nginx.reset(100_000);
    }
    const { p50 } = figures('throttle/nginx, with nginx -t: decision to first request turned away', through);
    const signal = figures('  the bare signal', bare);
    expect(p50).toBeLessThan(Math.max(1_000, BUSY * signal.p50));
  });
});
