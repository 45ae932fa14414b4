import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import plugin from '../../plugins/isolate-endpoint/index.js';
import { namespacesWork } from '../rig/namespaces.js';
import { plainCall } from '../rig/plain-call.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from '../rig/processes.js';
import { waitFor } from '../rig/wait-for.js';
import { startFirewall, type RigFirewall } from './nftables-kit.js';

/** A server that says everything back. */
const ECHO = `
  const [host, port] = process.argv.slice(1);
  require('node:net').createServer((s) => s.on('error', () => {}).pipe(s)).listen(Number(port), host, () => console.log('ready'));
`;

/** Connects to each of some servers again and again, and keeps one connection to each; prints what came of it. */
const CALLER = `
  const net = require('node:net');
  const [port, ...hosts] = process.argv.slice(1);
  const now = () => performance.timeOrigin + performance.now();
  const say = (what) => console.log(JSON.stringify(what));
  for (const host of hosts) {
    const kept = net.connect(Number(port), host, () => setInterval(() => kept.write('x'), 10));
    kept.on('error', (error) => { say({ host, at: now(), kept: error.code }); kept.destroy(); });
    const ask = () => {
      const at = now();
      const socket = net.connect({ port: Number(port), host, timeout: 10000 });
      const end = (result) => { socket.destroy(); say({ host, at, result }); setTimeout(ask, 2); };
      socket.once('connect', () => end('ok'));
      socket.once('timeout', () => end('silent'));
      socket.once('error', (error) => end(error.code));
    };
    ask();
  }
`;

const lineSchema = z.object({
  host: z.string(),
  at: z.number(),
  result: z.string().optional(),
  kept: z.string().optional(),
});

describe.skipIf(!(await namespacesWork()))('D8: an isolated endpoint, seen on the wire', () => {
  let firewall: RigFirewall;
  let port: number;
  const folder = rigFolder('wire');
  const started: RunningProcess[] = [];
  beforeAll(async () => {
    firewall = await startFirewall(['a', 'b']);
    port = await freePort();
    for (const site of ['a', 'b'])
      await startIn(site, `echo-${site}`, ECHO, firewall.network.place(site).host, `${port}`);
    await startIn('lb', 'caller', CALLER, `${port}`, hostOf('a'), hostOf('b'));
  });
  afterEach(() => firewall.flush());
  afterAll(async () => {
    for (const one of started) await one.kill();
    await firewall?.stop();
    removeFolder(folder);
  });

  const hostOf = (site: string) => firewall.network.place(site).host;
  const now = () => performance.timeOrigin + performance.now();
  const said = (name: string) => readFileSync(join(folder, `${name}.log`), 'utf8');
  const seen = (site: string, since = 0) =>
    said('caller')
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => lineSchema.parse(JSON.parse(line)))
      .filter(({ host, at }) => host === hostOf(site) && at >= since);
  const results = (site: string, since = 0) => seen(site, since).flatMap(({ result }) => result ?? []);

  async function startIn(site: string, name: string, script: string, ...args: string[]): Promise<void> {
    const [command, ...before] = [...firewall.network.place(site).through, process.execPath];
    started.push(
      await startProcess({
        name,
        command,
        args: [...before, '-e', script, ...args],
        folder,
        ready: () => said(name) !== '',
      }),
    );
  }

  function parts() {
    const edge = { command: firewall.command, table: 'firebreak', sets: { ipv4: 'isolated4' } };
    const shop = { addresses: [hostOf('a'), hostOf('b')], health: { port } };
    const { provided } = plugin.instantiate({ nftables: { firewalls: { edge }, pools: { shop } } }, plainCall().log);
    return { action: provided.actions!['nftables']!, probe: provided.probes!['syn']! };
  }

  it('takes no connection any more, also not the open ones, while the others go on; and is back when taken back', async () => {
    const { action } = parts();
    const params = { endpoint: hostOf('a') };
    await waitFor(
      'both to be used',
      () => ['a', 'b'].every((site) => results(site).slice(-1)[0] === 'ok'),
      30_000,
      200,
    );

    const { before } = await action.plan(plainCall(), params);
    const began = now();
    await action.apply(plainCall(), params, before);
    const applied = now();
    const refused = await waitFor(
      'a refusal',
      () => seen('a', began).find(({ result }) => result !== 'ok'),
      30_000,
      200,
    );
    await waitFor('more attempts', () => results('b', applied).length > 50, 30_000, 200);
    expect(new Set(results('a', applied))).toEqual(new Set(['ECONNREFUSED']));
    expect(new Set(results('b'))).toEqual(new Set(['ok']));
    expect(seen('a', began).filter(({ kept }) => kept !== undefined)).toHaveLength(1);
    expect(seen('b', began).filter(({ kept }) => kept !== undefined)).toHaveLength(0);

    const back = now();
    await action.revert(plainCall(), params, before);
    const open = await waitFor(
      'a connection',
      () => seen('a', back).find(({ result }) => result === 'ok'),
      30_000,
      200,
    );
    const ms = (from: number, to: number) => `${Math.round(to - from)} ms`;
    console.log(
      `isolated: first refused connection ${ms(began, refused.at)} after apply was called (answered after ${ms(began, applied)}); ` +
        `taken back: first connection after ${ms(back, open.at)}`,
    );
    expect(refused.at - began).toBeLessThan(1_000);
  });

  it('goes back into use by itself when its time is over', async () => {
    const { action } = parts();
    const params = { endpoint: hostOf('a'), for: '1s' };
    const { before } = await action.plan(plainCall(), params);
    // on a busy machine it may be over before apply has answered
    const began = now();
    await action.apply(plainCall(), params, before);
    const isRefused = ({ result }: { readonly result?: string | undefined }) => result === 'ECONNREFUSED';
    const refused = await waitFor('a refusal', () => seen('a', began).find(isRefused), 30_000, 200);
    const isOpen = ({ at, result }: { readonly at: number; readonly result?: string | undefined }) =>
      at > refused.at && result === 'ok';
    const open = await waitFor('a connection', () => seen('a', began).find(isOpen), 30_000, 200);
    expect(open.at - began).toBeGreaterThan(800);
  });

  it('is the one that acknowledges none of three SYNs, known after 200 ms; and the last one that answers is not isolated', async () => {
    const { action, probe } = parts();
    const asked = { endpoint: hostOf('b'), port };
    expect(await probe.measure(plainCall(), asked)).toMatchObject({ status: 'healthy', value: 3 });
    await firewall.network.cut('b');
    try {
      const began = now();
      const found = await probe.measure(plainCall(), asked);
      const took = now() - began;
      expect(found).toMatchObject({ status: 'unhealthy', value: 0, detail: /0 of 3 SYNs acknowledged/ });
      console.log(`a dead endpoint is known after ${Math.round(took)} ms (D8: 187 ms, by polling 1500 ms)`);
      expect(took).toBeLessThan(5_000);
      const error: unknown = await action
        .plan(plainCall(), { endpoint: hostOf('a') })
        .catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'no-server-left', message: /1 without an answer/ });
    } finally {
      await firewall.network.heal('b');
    }
  });
});
