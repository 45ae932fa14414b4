import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { post, webhookBody } from '../rig/alert-bodies.js';
import { startCenter } from '../rig/center-process.js';
import { startHaproxy } from '../rig/haproxy.js';
import { rigProgram } from '../rig/project.js';
import { startRedis } from '../rig/redis.js';
import { startService } from '../rig/service.js';
import { startTap } from '../rig/tap.js';
import { waitFor } from '../rig/wait-for.js';

const RUNBOOK = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: cut-over, title: Cut over, owner: team-test }
spec:
  match: ['alertname="CenterDown"']
  target: 'traffic/{{labels.service}}'
  mode: auto
  guards: { cooldown: 0s }
  serving: { out: '{{labels.center}}', in: b }
  steps:
    - name: switch
      uses: cut-over-center/haproxy
      with: { backend: centers, servers: [{ server: b, state: ready }, { server: a, state: maint }] }
`;

const page = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      phase: z.string(),
      outcome: z.string().optional(),
      steps: z.array(z.object({ attempts: z.number() })),
    }),
  ),
});

describe('kill -9 of the worker in the middle of an effect', () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });
  const started = async <T extends { stop: () => Promise<void> }>(part: Promise<T>): Promise<T> => {
    const it = await part;
    stops.push(it.stop);
    return it;
  };

  it.each(['before-apply', 'after-apply'] as const)(
    'I4, I14: %s: it goes on within 15 s of a worker being there, and HAProxy sees one change',
    async (point) => {
      const [a, b] = [await started(startCenter('a')), await started(startCenter('b'))];
      const haproxy = await started(startHaproxy({ a: a.address, b: b.address }));
      const tap = await started(startTap(haproxy.admin));
      const redis = await started(startRedis());
      const options = {
        runbooks: { 'cut-over.yaml': RUNBOOK },
        settings: `plugins: { cut-over-center: { endpoint: "${tap.address}" } }\n`,
        env: { FIREBREAK_REDIS_URL: redis.url },
      };
      const dying = await started(
        startService({ ...options, program: rigProgram('dying-service.js'), arguments: [point] }),
      );
      const labels = { alertname: 'CenterDown', service: 'shop', center: 'a' };
      expect((await post(dying.url, webhookBody([{ labels, startsAt: Date.now() }]))).status).toBe(202);
      await waitFor('the worker to die', () => !dying.process().isRunning(), 30_000);
      const writes = (): readonly string[] => tap.said().filter((line) => /set server/.test(line));
      expect(writes()).toHaveLength(point === 'after-apply' ? 2 : 0);

      const next = await started(startService(options));
      const ready = performance.now();
      const ended = await waitFor(
        'the execution to end',
        async () => {
          const answer = await fetch(`${next.url}/api/v1/executions`);
          return page.parse(await answer.json()).items.find((one) => one.phase === 'closed');
        },
        15_000,
        100,
      );
      console.log(`killed ${point}: ended ${Math.round(performance.now() - ready)} ms after the next worker was ready`);
      expect(ended.outcome).toBe('succeeded');
      expect(writes()).toEqual([expect.stringContaining('centers/b'), expect.stringContaining('centers/a')]);
    },
    60_000,
  );
});
