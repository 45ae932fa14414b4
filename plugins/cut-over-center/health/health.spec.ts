import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Probe } from '../../../src/plugin-sdk/plugin.js';
import { freePort } from '../../../test/rig/processes.js';
import plugin from '../index.js';

const log = { info: () => undefined, warn: () => undefined };
const servers: Server[] = [];
const token = 'canary-5d1f';

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return `http://127.0.0.1:${port}`;
}

const nobody = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;
const well: RequestListener = (_, response) => response.end('ok');

/** The text that a blackbox exporter gives. */
const exporter =
  (text: string): RequestListener =>
  (_, response) =>
    response.end(text);
const UP = 'probe_duration_seconds 0.004\nprobe_http_status_code 200\nprobe_success 1\n';

/** With more patience than by default, for machines that have much to do. */
const PATIENT = { timeout: '500ms' };

function probeOf(center: string, vantages: Readonly<Record<string, string>> = {}, more: object = PATIENT): Probe {
  const named = Object.entries(vantages).map(([name, blackbox]) => [name, { blackbox, token }] as const);
  const health = { centers: { a: `${center}/healthz` }, vantages: Object.fromEntries(named), ...more };
  return plugin.instantiate({ health }, log).provided.probes!['center-health']!;
}
const ask = (probe: Probe, expected = 'up', signal = new AbortController().signal) =>
  probe.measure({ signal, log }, { center: 'a', expect: expected });

describe('a centre, as Firebreak itself sees it', () => {
  it.each<[string, RequestListener, RegExp, string]>([
    ['answers 200', well, /^here says up \(\d+ ms\)$/, 'healthy'],
    ['answers 204', (_, r) => r.writeHead(204).end(), /^here says up/, 'healthy'],
    ['answers 503', (_, r) => r.writeHead(503).end(), /^here says down \(answered 503\)$/, 'unhealthy'],
    [
      'redirects',
      (_, r) => r.writeHead(302, { location: '/ok' }).end(),
      /^here says down \(answered 302\)$/,
      'unhealthy',
    ],
    ['hangs up', (_, r) => r.destroy(), /^here says down \(connection (closed|reset)\)$/, 'unhealthy'],
    ['never answers', () => undefined, /^here says down \(no answer within 500 ms\)$/, 'unhealthy'],
    ['stops in the middle', (_, r) => void r.write('o'), /^here says down \(no answer within 500 ms\)$/, 'unhealthy'],
  ])('%s', async (_, answer, detail, status) => {
    const found = await ask(probeOf(await serve(answer)));
    expect(found).toMatchObject({ status, value: status === 'healthy' ? 1 : 0 });
    expect(found.detail).toMatch(detail);
  });

  it('refuses connections', async () => {
    expect(await ask(probeOf(await nobody()))).toMatchObject({
      status: 'unhealthy',
      detail: 'here says down (connection refused)',
    });
  });

  it('has a time-out that is meant: 300 ms unless something else is configured', async () => {
    const center = await serve(() => undefined);
    const took = async (probe: Probe) => {
      const { values } = await ask(probe);
      return values?.['seconds_here'] ?? 0;
    };
    const [short, preset] = [await took(probeOf(center, {}, { timeout: '50ms' })), await took(probeOf(center))];
    expect(short).toBeGreaterThanOrEqual(0.045);
    expect(preset).toBeGreaterThanOrEqual(0.295);
    expect(preset).toBeGreaterThan(short);
  });

  it('is asked over a connection of its own each time', async () => {
    const ports = new Set<number | undefined>();
    const probe = probeOf(await serve((q, r) => (ports.add(q.socket.remotePort), r.end())));
    for (let i = 0; i < 3; i++) await ask(probe);
    expect(ports.size).toBe(3);
  });

  it('is given up when the call is broken off', async () => {
    const probe = probeOf(await serve(() => undefined), {}, { timeout: '10s' });
    await expect(ask(probe, 'up', AbortSignal.timeout(30))).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('a vantage point', () => {
  it('is asked for the address of the centre, with the time it may take', async () => {
    const seen: string[] = [];
    const edge = await serve((q, r) => {
      const { authorization, 'x-prometheus-scrape-timeout-seconds': within } = q.headers;
      seen.push(`${q.url} ${within?.toString()} ${authorization}`);
      r.end(UP);
    });
    const center = await serve(well);
    expect(await ask(probeOf(center, { edge: `${edge}/` }))).toMatchObject({
      status: 'healthy',
      values: { health: 1, seconds_edge: 0.004 },
    });
    const target = encodeURIComponent(`${center}/healthz`);
    expect(seen).toEqual([`/probe?target=${target}&module=http_2xx 1 Bearer ${token}`]);
  });

  it.each<[string, string, string]>([
    ['sees it down', 'probe_success 0\nprobe_http_status_code 500\n', 'edge says down (answered 500)'],
    ['gets no connection', 'probe_success 0\nprobe_duration_seconds 0.001\n', 'edge says down (no connection)'],
    ['gets no answer', 'probe_success 0\nprobe_duration_seconds 0.501\n', 'edge says down (no answer within 500 ms)'],
  ])('%s: then the two disagree, and nothing is concluded', async (_, text, words) => {
    const found = await ask(probeOf(await serve(well), { edge: await serve(exporter(text)) }));
    expect(found.status).toBe('unknown');
    expect(found.detail).toMatch(/^the vantage points disagree: here says up \(\d+ ms\), /);
    expect(found.detail).toContain(words);
  });

  it.each<[string, RequestListener, string]>([
    ['says nothing of the kind', exporter('<html>'), 'the exporter gave no probe_success'],
    ['says something odd', exporter('probe_success maybe\n'), 'the exporter gave no probe_success'],
    ['says more than yes', exporter('probe_success 7\n'), 'the exporter gave no probe_success'],
    ['has no such module', (_, r) => r.writeHead(400).end(), 'the exporter answered 400: has it http_2xx?'],
    ['redirects', (_, r) => r.writeHead(302, { location: '/' }).end(), 'the exporter answered 302'],
    ['fails', (_, r) => r.writeHead(500).end(), 'the exporter answered 500'],
    ['never answers', () => undefined, 'the exporter: no answer'],
    ['hangs up', (_: unknown, r: ServerResponse) => r.destroy(), 'the exporter: connection closed'],
  ])('that %s is silent, and not down: whatever is expected stays unknown', async (_, answer, words) => {
    const probe = probeOf(await nobody(), { edge: await serve(answer) });
    for (const expected of ['up', 'down', 'agreed']) {
      const found = await ask(probe, expected);
      expect(found).toMatchObject({ status: 'unknown', values: { health: 0 } });
      expect(found.detail).toBe(
        `not every vantage point can tell: here says down (connection refused), edge is silent (${words})`,
      );
      expect(JSON.stringify(found)).not.toContain(token);
    }
  });

  it('that sends more than an exporter would is an error', async () => {
    const edge = await serve(exporter('x'.repeat(1024 * 1024 + 1)));
    const error: unknown = await ask(probeOf(await serve(well), { edge })).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'answer-too-long' });
    expect(String(error)).not.toContain(token);
  });
});

describe('parameters and configuration', () => {
  const { params } = probeOf('http://127.0.0.1:1');

  it.each([
    {},
    { center: 'b' },
    { center: 'http://127.0.0.1:1' },
    { center: 'a', expect: 'well' },
    { center: 'a', x: 1 },
  ])('%j is refused: only configured centres can be asked (S6)', (given) => {
    expect(params.safeParse(given).success).toBe(false);
  });

  it('says what to configure when no centre is', () => {
    const probe = plugin.instantiate({ endpoint: '/run/x.sock' }, log).provided.probes!['center-health']!;
    expect(probe.params.safeParse({ center: 'a' }).error?.issues[0]?.message).toBe(
      'no centre is configured: name them under health.centers of the plugin',
    );
  });

  it.each([
    { centers: {} },
    { centers: { a: 'a:80' } },
    { centers: { a: 'http://me:secret@a' } },
    { centers: { a: 'http://a' }, vantages: { here: { blackbox: 'http://b' } } },
    { centers: { a: 'http://a' }, vantages: { edge: { blackbox: 'b:9115' } } },
    { centers: { a: 'http://a' }, timeout: '0s' },
  ])('the section %j is refused', (health) => {
    expect(() => plugin.instantiate({ health }, log)).toThrow();
  });

  it('masks the token of an exporter', () => {
    const vantages = { edge: { blackbox: 'http://b', token } };
    expect(plugin.instantiate({ health: { centers: { a: 'http://a' }, vantages } }, log).secrets).toEqual([token]);
  });
});
