import { chmodSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Drill } from '../../src/drill/drill-schema.js';
import { injectorOf } from '../../src/drill/injectors/injector-of.js';
import { kubectlOf } from '../../src/drill/injectors/kubectl.js';
import type { Injector } from '../../src/drill/ports.js';
import { readDrill } from '../../src/drill/read-drill.js';
import { startCenter, type RigCenter } from '../rig/center-process.js';
import { startHaproxy, type RigHaproxy } from '../rig/haproxy.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { writeInto } from '../rig/project.js';
import { startDrill, type DrillLeft, type RunningDrill } from '../rig/shipped-drill.js';
import { waitFor } from '../rig/wait-for.js';

const textWith = (inject: string): string => `apiVersion: firebreak/v1
kind: Drill
metadata: { name: shop, title: Shop, owner: team-a }
spec:
  target: traffic/shop
  prometheus: { url: 'http://127.0.0.1:1' }
  inject: { for: 10m, ${inject} }
  expect: { runbook: cut-over-center }
  slo: [{ name: errors, query: errors, is: '< 0.005' }]
`;

function drillWith(inject: string): Drill {
  const read = readDrill('d.yaml', textWith(inject));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.drill;
}

const injector = (inject: string, kubectl = kubectlOf('no-such-program')): Injector =>
  injectorOf(drillWith(inject), () => undefined, kubectl);

/** What a user gets: the status, or 0 when nobody answers; and how long it took, in milliseconds. */
async function ask(url: string): Promise<{ readonly status: number; readonly tookMs: number }> {
  const began = performance.now();
  const status = await fetch(url, { signal: AbortSignal.timeout(30_000) }).then(
    (answer) => answer.status,
    () => 0,
  );
  return { status, tookMs: performance.now() - began };
}

describe('the faults of drills', () => {
  let folder: string;
  let a: RigCenter;
  let b: RigCenter;
  let haproxy: RigHaproxy;
  beforeAll(async () => {
    folder = rigFolder('drill-injectors');
    [a, b] = await Promise.all([startCenter('a'), startCenter('b')]);
    haproxy = await startHaproxy({ a: a.address, b: b.address });
  });
  afterAll(async () => {
    await haproxy.stop();
    await Promise.all([a.stop(), b.stop()]);
    removeFolder(folder);
  });

  const http = (fault: string): string => `${fault}, http: { url: 'http://${a.faults}/' }`;
  const cli = (args: readonly string[]): Promise<DrillLeft> =>
    startDrill(args, { FIREBREAK_URL: 'http://127.0.0.1:1', PATH: `${folder}:${process.env['PATH'] ?? ''}` }).left;

  it('A6: through a fault switch: users wait, Prometheus does not, and DELETE ends it', async () => {
    const slow = injector(http('latency: 300ms'));
    expect(await slow.obstacle()).toBeUndefined();
    await slow.begin(60_000);
    expect((await ask(`http://${a.address}/`)).tookMs).toBeGreaterThanOrEqual(290);
    expect((await ask(`http://${a.address}/metrics`)).status).toBe(200);
    expect(await slow.obstacle()).toBe(
      `a fault is in force at http://${a.faults}/ already: latency; unless a drill is being held, --undo takes it back`,
    );
    await slow.end();
    await slow.end();
    expect(await slow.obstacle()).toBeUndefined();
    expect((await ask(`http://${a.address}/`)).status).toBe(200);
  });

  it('A6: through a fault switch: the share of answers that is asked for fails', async () => {
    const failing = injector(http('errors: 0.25'));
    await failing.begin(60_000);
    const answers: number[] = [];
    for (let i = 0; i < 20; i++) answers.push((await ask(`http://${a.address}/`)).status);
    expect(answers.filter((status) => status === 503)).toHaveLength(5);
    await failing.end();
  });

  it('A6: through a fault switch: a killed centre refuses everybody, and is back when its time is over though nobody asks for it', async () => {
    const killed = injector(http('kill: true'));
    expect(killed.endsItself).toBe(true);
    await killed.begin(600_000);
    expect((await ask(`http://${a.address}/`)).status).toBe(0);
    await killed.begin(1_000);
    await waitFor(
      'the centre to be back by itself',
      async () => (await ask(`http://${a.address}/`)).status === 200,
      20_000,
    );
    expect(await killed.obstacle()).toBeUndefined();
  });

  it('A6: a fault switch refuses what it does not understand, and a fault without an end', async () => {
    for (const body of [
      '{"fault":"kill"}',
      '{"fault":"melt","forMs":1000}',
      '{"fault":"kill","forMs":1e12}',
      'no JSON',
    ]) {
      const { status } = await fetch(`http://${a.faults}/`, { method: 'PUT', body });
      expect(status).toBe(400);
    }
    expect((await ask(`http://${a.address}/`)).status).toBe(200);
  });

  it('A6: says so when what answers is no fault switch', async () => {
    const other = createServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = addressOf(other.address());
    const at = `kill: true, http: { url: 'http://127.0.0.1:${port}/' }`;
    expect(await injector(at).obstacle()).toMatch(/is no fault switch/);
    other.close();
    await expect(injector(at).begin(1_000)).rejects.toThrow(/the fault switch at .* cannot be asked/);
  });

  it('A6: through HAProxy: the server is unreachable, and taking it back leaves alone what a runbook made of its state', async () => {
    const killed = injector(
      `kill: true, haproxy: { runtime: '${haproxy.admin}', server: centers/a, address: '${a.address}' }`,
    );
    expect(killed.endsItself).toBe(false);
    expect(await killed.obstacle()).toBeUndefined();
    expect((await ask(haproxy.url)).status).toBe(200);
    await killed.begin(60_000);
    expect((await ask(haproxy.url)).status).toBe(503);
    expect(await killed.obstacle()).toMatch(/in force already: centers\/a is at 127\.0\.0\.1:1, .*--undo/);
    await haproxy.tell('set server centers/a state maint');
    await killed.end();
    await killed.end();
    expect(await killed.obstacle()).toBeUndefined();
    expect((await ask(haproxy.url)).status).toBe(503);
    await haproxy.tell('set server centers/a state ready');
    await waitFor('users to be served', async () => (await ask(haproxy.url)).status === 200, 30_000);
  });

  it('A6: through HAProxy: says so when there is no such server, or nobody there', async () => {
    const at = (runtime: string, server: string): Injector =>
      injector(`kill: true, haproxy: { runtime: '${runtime}', server: ${server}, address: '${a.address}' }`);
    expect(await at(haproxy.admin, 'centers/z').obstacle()).toMatch(/has no server centers\/z/);
    await expect(at(haproxy.admin, 'centers/z').begin(1_000)).rejects.toThrow(/does not take it/);
    await expect(at('127.0.0.1:1', 'centers/a').obstacle()).rejects.toThrow(/cannot be asked/);
  });

  it('A6: through kubectl: what it complains of is said, and --undo deletes the resource', async () => {
    const log = join(folder, 'asked');
    writeInto(
      folder,
      'kubectl',
      `#!/bin/sh\necho "$@" >> '${log}'\n[ "$1" = create ] && { cat >> '${log}'; echo no rights >&2; exit 1; }\nexit 0\n`,
    );
    chmodSync(join(folder, 'kubectl'), 0o755);
    const chaos = 'kill: true, chaosMesh: { namespace: shop, pods: { app: center-a } }';
    const killed = injector(chaos, kubectlOf(join(folder, 'kubectl')));
    await expect(killed.begin(1_000)).rejects.toThrow(/create failed: no rights/);
    expect(readFileSync(log, 'utf8')).toContain('kind: PodChaos');
    await expect(injector(chaos).begin(1_000)).rejects.toThrow(/no-such-program cannot be started/);
    const file = writeInto(folder, 'chaos.yaml', textWith(chaos));
    expect(await cli([file, '--undo', '--kubectl'])).toMatchObject({
      code: 0,
      output: expect.stringContaining('taken back'),
    });
    expect(readFileSync(log, 'utf8')).toContain('delete podchaos firebreak-drill-shop --namespace shop');
    const refused = await cli([file, '--yes']);
    expect([refused.code, refused.output]).toEqual([2, expect.stringContaining('say --kubectl')]);
    expect((await cli([file, '--render'])).output).toContain('action: pod-kill');
  });

  it('A6: the command makes no fault when nobody agrees, when the file is wrong or when the service cannot be asked', async () => {
    const file = writeInto(folder, 'kill.yaml', textWith(http('kill: true')));
    const wrong = writeInto(folder, 'wrong.yaml', textWith(http('kill: true')).replace('owner', 'ownr'));
    expect(await cli([file])).toMatchObject({ code: 2, output: expect.stringContaining('nobody has agreed') });
    expect(await cli([file, '--yes'])).toMatchObject({ code: 2, output: expect.stringContaining('cannot be asked') });
    expect(await cli([wrong, '--yes'])).toMatchObject({ code: 2, output: expect.stringContaining('wrong.yaml:3:') });
    expect(await cli(['none.yaml', '--yes'])).toMatchObject({
      code: 2,
      output: expect.stringContaining('cannot be read'),
    });
    expect(await cli([file, '--undo', '--render'])).toMatchObject({ code: 64 });
    expect(await injector(http('kill: true')).obstacle()).toBeUndefined();
  });

  describe('while it is held', () => {
    let around: Server;
    let settings: Record<string, string>;
    let sighted = true;
    beforeAll(async () => {
      around = createServer((request, response) => void answerFor(request, sighted).then((body) => response.end(body)));
      await new Promise<void>((resolve) => around.listen(0, '127.0.0.1', resolve));
      settings = { FIREBREAK_URL: `http://127.0.0.1:${addressOf(around.address()).port}` };
    });
    afterAll(() => {
      around.closeAllConnections();
      around.close();
    });

    /** Starts a drill and comes back when its fault is in force. */
    async function underWay(): Promise<RunningDrill> {
      const url = settings['FIREBREAK_URL'] ?? '';
      const text = textWith(http('kill: true')).replace('http://127.0.0.1:1', url);
      const file = writeInto(
        folder,
        'held.yaml',
        `${text}  abortIf: [{ query: left, is: '< 1' }]\n  steady: 1s\n  settle: 0s\n`,
      );
      const drill = startDrill([file, '--yes'], settings);
      await waitFor('the fault', async () => (await injector(http('kill: true')).obstacle()) !== undefined, 20_000);
      return drill;
    }

    it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
      'A6: %s takes the fault back, and there is no verdict',
      async (signal) => {
        const { signal: send, left } = await underWay();
        send(signal);
        expect(await left).toMatchObject({ code: 2, output: expect.stringContaining('it was interrupted') });
        expect(await injector(http('kill: true')).obstacle()).toBeUndefined();
      },
    );

    it('A6: a reader who goes away while it complains does not leave the fault behind', async () => {
      const { goDeaf, left } = await underWay();
      goDeaf();
      sighted = false;
      await left;
      expect(await injector(http('kill: true')).obstacle()).toBeUndefined();
    });
  });

  it('A6: --undo takes back what a drill that was killed has left behind', async () => {
    const file = writeInto(folder, 'left.yaml', textWith(http('kill: true')));
    await injector(http('kill: true')).begin(600_000);
    expect((await ask(`http://${a.address}/`)).status).toBe(0);
    expect(await cli([file, '--undo'])).toMatchObject({ code: 0 });
    await waitFor('the centre to be back', async () => (await ask(`http://${a.address}/`)).status === 200, 30_000);
  });
});

const points = z.object({ start: z.coerce.number(), end: z.coerce.number(), step: z.coerce.number() });

/** A Prometheus for which all is well, and a Firebreak in which nothing happens. */
async function answerFor(request: IncomingMessage, sighted: boolean): Promise<string> {
  const body = await text(request);
  if (!sighted && request.url?.startsWith('/api/v1/query')) return 'nothing that can be read';
  if (request.url === '/api/v1/runbooks') return JSON.stringify({ items: [{ name: 'cut-over-center' }] });
  if (request.url === '/api/v1/query' && body.startsWith('query=time'))
    return JSON.stringify({ data: { resultType: 'scalar', result: [0, String(Date.now() / 1000)] } });
  if (request.url === '/api/v1/query') return JSON.stringify({ data: { resultType: 'scalar', result: [0, '1'] } });
  if (!request.url?.startsWith('/api/v1/query_range')) return JSON.stringify({ items: [] });
  const { start, end, step } = points.parse(Object.fromEntries(new URLSearchParams(body)));
  const values = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => [start + i * step, '0']);
  return JSON.stringify({ data: { result: [{ metric: {}, values }] } });
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  return address;
}
