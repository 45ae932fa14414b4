import { createServer, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Probe } from '../../src/plugin-sdk/plugin.js';
import { answersOk } from '../../test/rig/exchange.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from '../../test/rig/processes.js';
import { waitFor } from '../../test/rig/wait-for.js';
import { parseComparison } from './comparison.js';
import plugin from './index.js';

const lines: string[] = [];
const log = {
  info: () => {},
  warn: (message: string, fields = {}) => void lines.push(`${message} ${JSON.stringify(fields)}`),
};
const call = (signal = new AbortController().signal) => ({ signal, log });
const probeFor = (config: object): Probe => plugin.instantiate(config, log).provided.probes!['query']!;
const ask = (probe: Probe, query: string, healthy: string) => probe.measure(call(), { query, healthy });

describe('against a real Prometheus', () => {
  let prometheus: RunningProcess;
  let probe: Probe;

  beforeAll(async () => {
    const folder = rigFolder('prometheus-probe');
    const address = `127.0.0.1:${await freePort()}`;
    const file = join(folder, 'prometheus.yml');
    writeFileSync(
      file,
      `scrape_configs: [{ job_name: self, scrape_interval: 100ms, scrape_timeout: 100ms, static_configs: [{ targets: ['${address}', '127.0.0.1:1'] }] }]`,
    );
    prometheus = await startProcess({
      name: 'prometheus',
      command: 'prometheus',
      args: [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=${address}`],
      folder,
      ready: () => answersOk(`http://${address}/-/ready`),
    });
    probe = probeFor({ url: `http://${address}/` });
    await waitFor('both targets', async () => (await ask(probe, 'count(up)', '== 2')).status === 'healthy', 30_000);
  });

  afterAll(async () => {
    await prometheus?.stop();
    if (prometheus !== undefined) removeFolder(prometheus.folder);
  });

  it.each([
    ['vector(0.42)', '> 0.85', { status: 'unhealthy', value: 0.42, detail: 'vector(0.42) = 0.42, wanted > 0.85' }],
    ['vector(0.9)', '> 0.85', { status: 'healthy', value: 0.9, detail: 'vector(0.9) = 0.9, wanted > 0.85' }],
    ['scalar(vector(3))', '<=3', { status: 'healthy', value: 3, detail: 'scalar(vector(3)) = 3, wanted <= 3' }],
    ['no_such_metric', '== 1', { status: 'unknown', detail: 'no_such_metric has no data, wanted == 1' }],
    ['vector(0) / 0', '< 1', { status: 'unknown', detail: 'vector(0) / 0 = NaN, wanted < 1' }],
    ['vector(1) / 0', '> 1', { status: 'healthy', detail: 'vector(1) / 0 = Infinity, wanted > 1' }],
    ['vector(-1) / 0', '> 1', { status: 'unhealthy', detail: 'vector(-1) / 0 = -Infinity, wanted > 1' }],
  ])('%s %s', async (query, healthy, expected) => {
    expect(await ask(probe, query, healthy)).toEqual(expected);
  });

  it('wants every series to be as it should', async () => {
    const found = await ask(probe, 'up', '== 1');
    expect(found).toEqual({
      status: 'unhealthy',
      value: 0,
      detail: 'up{instance="127.0.0.1:1",job="self"} = 0, wanted == 1 (1 of 2 series are as wanted)',
    });
    expect((await ask(probe, 'up', '>= 0')).detail).toContain('(2 of 2 series are as wanted)');
    expect((await ask(probe, 'up or vector(0) / 0', '>= 0')).status).toBe('unknown');
  });

  it.each([
    ['up{', 'query-refused'],
    ['up[1m]', 'not-understood'],
    ['"text"', 'not-understood'],
  ])('refuses %s', async (query, code) => {
    await expect(ask(probe, query, '== 1')).rejects.toMatchObject({ code, again: false });
  });

  it('keeps a label that is put in as JSON inside its quotes (S5)', async () => {
    const label = 'x"} or vector(1) # \\';
    expect((await ask(probe, `up{job=${JSON.stringify(label)}}`, '== 1')).status).toBe('unknown');
  });

  it('says what Prometheus says', async () => {
    await expect(ask(probe, 'up{', '== 1')).rejects.toThrow(/bad_data.*parse error/);
  });
});

describe('a server that does not answer as it should', () => {
  const token = 'canary-91b2';
  let server: Server;
  const seen: string[] = [];
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function probeOf(answer: (response: ServerResponse) => void): Promise<Probe> {
    server = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization}`);
      answer(response);
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return probeFor({ url: `http://127.0.0.1:${port}/prefix/`, token, timeout: '1s' });
  }

  it.each([
    [
      'redirects',
      'redirected',
      false,
      (r: ServerResponse) => r.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    ],
    ['wants another token', 'refused-by-target', false, (r: ServerResponse) => r.writeHead(401).end('who are you?')],
    [
      'is overloaded',
      'target-failed',
      true,
      (r: ServerResponse) => r.writeHead(503).end('{"status":"error","errorType":"timeout","error":"slow"}'),
    ],
    ['can not evaluate', 'target-failed', true, (r: ServerResponse) => r.writeHead(422).end('{}')],
    ['sends a page', 'not-understood', false, (r: ServerResponse) => r.end('<html>')],
    [
      'sends an odd value',
      'not-understood',
      false,
      (r: ServerResponse) =>
        r.end('{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":1}]}}'),
    ],
    ['sends too much', 'answer-too-long', false, (r: ServerResponse) => r.end('x'.repeat(1024 * 1024 + 1))],
    ['is silent', 'timed-out', true, () => {}],
    ['stops in the middle', 'timed-out', true, (r: ServerResponse) => r.write('{')],
    ['hangs up', 'target-unreachable', true, (r: ServerResponse) => r.destroy()],
  ])('that %s: %s', async (_, code, again, answer) => {
    seen.length = 0;
    const probe = await probeOf(answer);
    const error: unknown = await ask(probe, 'up', '== 1').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, again });
    expect(String(error)).not.toContain(token);
    expect(seen).toEqual([`/prefix/api/v1/query?query=up&timeout=1000ms Bearer ${token}`]);
  });

  it('is given up when the call is aborted', async () => {
    const probe = await probeOf(() => {});
    await expect(probe.measure(call(AbortSignal.timeout(50)), { query: 'up', healthy: '== 1' })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('passes on remarks such as a partial response', async () => {
    const probe = await probeOf((r) =>
      r.end('{"status":"success","warnings":["store b is away"],"data":{"resultType":"vector","result":[]}}'),
    );
    expect((await ask(probe, 'up', '== 1')).status).toBe('unknown');
    expect(lines.join()).toContain('store b is away');
  });
});

describe('parameters and configuration', () => {
  const probe = probeFor({ url: 'http://127.0.0.1:1' });

  it.each(['> 0.85', '== 1', '<= 3', '!=0', '>=-1.5e-3', ' < .5 ', '> +2'])('%j is a comparison', (healthy) => {
    expect(probe.params.safeParse({ query: 'up', healthy }).success).toBe(true);
  });

  it.each([
    '',
    '>',
    '1',
    '= 1',
    '=> 1',
    '> one',
    '> 1 or 1',
    '> 1e999',
    '> NaN',
    '> Infinity',
    '> 0x10',
    '> 1,5',
    '>> 1',
    '> 1.',
  ])('%j is none', (healthy) => {
    expect(probe.params.safeParse({ query: 'up', healthy }).success).toBe(false);
    expect(parseComparison(healthy)).toBeUndefined();
  });

  it('compares', () => {
    const holds = (text: string, value: number) => parseComparison(text)?.holds(value);
    expect([
      holds('> 1', 1),
      holds('>= 1', 1),
      holds('< 1', 1),
      holds('<= 1', 1),
      holds('== 1', 1),
      holds('!= 1', 1),
    ]).toEqual([false, true, false, true, true, false]);
  });

  it.each([{}, { query: ' ', healthy: '> 1' }, { query: 'up', healthy: '> 1', hurry: true }])(
    '%j is refused',
    (params) => {
      expect(probe.params.safeParse(params).success).toBe(false);
    },
  );

  it.each([
    { url: 'prometheus:9090' },
    { url: 'file:///etc/passwd' },
    { url: 'http://me:secret@prometheus' },
    { url: 'http://p', token: '' },
  ])('the configuration %j is refused', (config) => {
    expect(() => plugin.instantiate(config, log)).toThrow();
  });

  it('can not be reached', async () => {
    await expect(ask(probe, 'up', '== 1')).rejects.toMatchObject({
      code: 'target-unreachable',
      message: "Prometheus can't be reached: ECONNREFUSED",
    });
  });
});
