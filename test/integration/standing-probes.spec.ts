import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBlackbox, type RigBlackbox } from '../rig/blackbox.js';
import { startFickleCenter, type FickleCenter } from '../rig/fickle-center.js';
import { startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

const TOPOLOGY = `apiVersion: firebreak/v1
kind: Topology
regions: { r: {} }
centers:
  a: { region: r, vendor: v, role: serving, capacity: 100 }
  b: { region: r, vendor: v, role: standby, capacity: 100 }
`;

describe('standing probes of a running service', { timeout: 60_000 }, () => {
  let edge: RigBlackbox;
  let centers: { readonly a: FickleCenter; readonly b: FickleCenter };
  let service: RigService | undefined;

  beforeAll(async () => {
    const [blackbox, a, b] = await Promise.all([startBlackbox(), startFickleCenter(), startFickleCenter()]);
    [edge, centers] = [blackbox, { a, b }];
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
  });
  afterAll(async () => {
    await Promise.all([edge?.stop(), centers?.a.close(), centers?.b.close()]);
  });

  const start = (role: string): Promise<RigService> =>
    startService({
      runbooks: {},
      topology: TOPOLOGY,
      env: { FIREBREAK_ROLE: role },
      settings: `plugins:
  cut-over-center:
    health:
      centers: { a: '${centers.a.url}/healthz', b: '${centers.b.url}/healthz' }
      vantages: { edge: { blackbox: '${edge.url}' } }
probes:
  - { name: health, probe: cut-over-center/center-health, with: { center: '{{center.id}}' }, every: 500ms, each: centers }
`,
    });

  const metric = async (name: string, labels: string): Promise<number | undefined> => {
    const text = await (await fetch(`${service?.url}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`firebreak_probe_${name}{${labels}`));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  };
  const status = (center: string, is: string) => metric('status', `probe="health",center="${center}",status="${is}"`);
  const becomes = (center: string, is: string) =>
    waitFor(`${center} to be ${is}`, async () => (await status(center, is)) === 1, 30_000);

  it.each(['api', 'worker'])('are metrics in the role %s, from the first moment', async (role) => {
    service = await start(role);
    expect([await status('a', 'healthy'), await status('b', 'healthy')]).not.toContain(undefined);
    await Promise.all([becomes('a', 'healthy'), becomes('b', 'healthy')]);
    const health = () => metric('value', 'probe="health",center="a",value="health"');
    await waitFor('its number', async () => (await health()) === 1, 30_000);
    expect(await metric('seconds_count', 'probe="health"')).toBeGreaterThanOrEqual(2);
  });

  it('see a centre that goes down, one that hangs, and a vantage point that is cut off, and do not mix them up', async () => {
    service = await start('all');
    await centers.b.close();
    await becomes('b', 'unhealthy');
    expect(await status('a', 'healthy')).toBe(1);
    await centers.b.open();
    await becomes('b', 'healthy');

    centers.a.become('hanging');
    await becomes('a', 'unhealthy');
    centers.a.become('well');
    await becomes('a', 'healthy');

    const lastTold = () => metric('last_answer_timestamp_seconds', 'probe="health",center="a"');
    edge.process.signal('SIGSTOP');
    try {
      await Promise.all([becomes('a', 'unknown'), becomes('b', 'unknown')]);
      const then = await lastTold();
      const asked = (await metric('seconds_count', 'probe="health"')) ?? 0;
      await waitFor(
        'more questions',
        async () => ((await metric('seconds_count', 'probe="health"')) ?? 0) > asked + 1,
        30_000,
      );
      expect(await lastTold()).toBe(then); // it grows old
    } finally {
      edge.process.signal('SIGCONT');
    }
    await Promise.all([becomes('a', 'healthy'), becomes('b', 'healthy')]);
  });

  it('end with the service, also in the middle of a question', async () => {
    service = await start('all');
    centers.a.become('hanging');
    await becomes('a', 'unhealthy');
    const began = performance.now();
    await service.process().stop();
    centers.a.become('well');
    expect(service.process().isRunning()).toBe(false);
    expect(performance.now() - began).toBeLessThan(5_000); // then comes SIGKILL
    expect(service.process().output(200)).not.toMatch(/"level":"error"|unhandled/i);
  });
});
