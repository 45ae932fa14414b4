import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/evict-stale-cache/index.js';
import type { Probe } from '../../src/plugin-sdk/plugin.js';
import { plainCall } from '../rig/plain-call.js';
import { startToldPrometheus, type ToldPrometheus } from '../rig/told-prometheus.js';
import { waitFor } from '../rig/wait-for.js';

const probeOf = (section: object): Probe =>
  plugin.instantiate({ diskWatermark: section }, plainCall().log).provided.probes!['disk-watermark']!;
const ask = (probe: Probe, disk: string, from = 'freeze') => probe.measure(plainCall(), { disk, from });

describe('a disk that Prometheus knows', () => {
  let prometheus: ToldPrometheus;
  let probe: Probe;
  beforeAll(async () => {
    prometheus = await startToldPrometheus();
    const at = (mountpoint: string) => ({ labels: { mountpoint, job: 'told' } });
    const disks = {
      data: at('/data'),
      odd: at('/odd'),
      gone: at('/gone'),
      all: { labels: { mountpoint: '/several' } },
    };
    probe = probeOf({ prometheus: prometheus.url, disks });
    const left = (labels: string, available: number) => ({
      [`node_filesystem_avail_bytes{${labels}}`]: available,
      [`node_filesystem_size_bytes{${labels}}`]: 1_000,
    });
    prometheus.tell({
      ...left('mountpoint="/data"', 70),
      ...left('mountpoint="/odd"', 2_000),
      ...left('mountpoint="/several",device="a"', 500),
      ...left('mountpoint="/several",device="b"', 10),
    });
    await waitFor('the figures', async () => (await ask(probe, 'all')).status !== 'unknown', 30_000);
  });
  afterAll(() => prometheus?.stop());

  it('is measured, and of several the fullest counts', async () => {
    expect(await ask(probe, 'data', 'evict')).toMatchObject({ status: 'unhealthy', values: { used: 0.93 } });
    expect(await ask(probe, 'data', 'stop')).toMatchObject({ status: 'healthy' });
    expect(await ask(probe, 'all', 'stop')).toMatchObject({ status: 'unhealthy', values: { used: 0.99 } });
  });

  it('is unknown when Prometheus does not know it any more', async () => {
    expect(await ask(probe, 'gone')).toMatchObject({ status: 'unknown' });
    await expect(ask(probe, 'odd')).rejects.toMatchObject({ code: 'not-understood' });
  });

  it('S5: is named by labels that stay labels, whatever stands in them', async () => {
    const labels = { mountpoint: '"} or vector(1) # \\', job: '.*' };
    expect((await ask(probeOf({ prometheus: prometheus.url, disks: { x: { labels } } }), 'x')).status).toBe('unknown');
  });
});
