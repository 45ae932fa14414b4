import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/cut-over-center/index.js';
import type { Probe } from '../../src/plugin-sdk/plugin.js';
import { startBlackbox, type RigBlackbox } from '../rig/blackbox.js';
import { startFickleCenter, type FickleCenter } from '../rig/fickle-center.js';

const log = { info: () => undefined, warn: () => undefined };

describe('cut-over-center/center-health with a real blackbox exporter as second vantage point', () => {
  let edge: RigBlackbox;
  let center: FickleCenter;

  beforeAll(async () => {
    [edge, center] = await Promise.all([startBlackbox(), startFickleCenter()]);
  });
  afterEach(async () => {
    center.become('well');
    await center.close();
    await center.open();
  });
  afterAll(async () => {
    await Promise.all([edge?.stop(), center?.close()]);
  });

  /** By default with more patience than usual, for machines that have much to do. */
  const ask = (expected = 'up', more: object = { timeout: '1s' }, module = 'http_2xx') => {
    const vantages = { edge: { blackbox: edge.url, module } };
    const health = { centers: { a: `${center.url}/healthz` }, vantages, ...more };
    const probe: Probe = plugin.instantiate({ health }, log).provided.probes!['center-health']!;
    return probe.measure({ signal: new AbortController().signal, log }, { center: 'a', expect: expected });
  };

  it('finds that both see the centre up', async () => {
    const found = await ask();
    expect(found).toMatchObject({ status: 'healthy', value: 1, values: { health: 1 } });
    expect(found.detail).toMatch(/^here says up \(\d+ ms\), edge says up \(\d+ ms\)$/);
    expect(Object.keys(found.values ?? {})).toEqual(['health', 'seconds_here', 'seconds_edge']);
    expect((await ask('down')).status).toBe('unhealthy');
    expect((await ask('agreed')).status).toBe('healthy');
  });

  it('finds that both see it refuse connections', async () => {
    await center.close();
    expect(await ask()).toMatchObject({
      status: 'unhealthy',
      detail: 'here says down (connection refused), edge says down (no connection)',
    });
    expect((await ask('down')).status).toBe('healthy');
  });

  it('finds that both see it fail', async () => {
    center.become('failing');
    expect((await ask()).detail).toBe('here says down (answered 503), edge says down (answered 503)');
  });

  it('gives each of them 300 ms, at the same time', async () => {
    center.become('hanging');
    const began = performance.now();
    const found = await ask('up', {});
    const took = (performance.now() - began) / 1000;
    expect(found).toMatchObject({
      status: 'unhealthy',
      detail: 'here says down (no answer within 300 ms), edge says down (no answer within 300 ms)',
    });
    const [here = 0, there = 0] = [found.values?.['seconds_here'], found.values?.['seconds_edge']];
    expect(Math.min(here, there)).toBeGreaterThanOrEqual(0.29);
    expect(took).toBeLessThan(here + there); // one after the other would take longer
  });

  it('concludes nothing while one vantage point is cut off, whatever the other says', async () => {
    edge.process.signal('SIGSTOP');
    try {
      const up = await ask();
      expect(up.status).toBe('unknown');
      expect(up.detail).toMatch(
        /^not every vantage point can tell: here says up \(\d+ ms\), edge is silent \(the exporter: no answer\)$/,
      );
      await center.close();
      for (const expected of ['up', 'down', 'agreed']) {
        const down = await ask(expected);
        expect(down.status).toBe('unknown');
        expect(down.detail).toContain('here says down (connection refused), edge is silent');
      }
    } finally {
      edge.process.signal('SIGCONT');
    }
    expect((await ask('down')).status).toBe('healthy');
  });

  it('says which module the exporter does not have', async () => {
    const found = await ask('up', {}, 'no_such');
    expect(found.detail).toContain('edge is silent (the exporter answered 400: has it no_such?)');
  });
});
