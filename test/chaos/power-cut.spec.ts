import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fingerprintOf } from '../../src/core/fingerprint.js';
import { post, webhookBody } from '../rig/alert-bodies.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { NO_GOVERNOR, startService, type RigService } from '../rig/service.js';

const RUNBOOK = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: answer, title: Answer, owner: team-test }
spec:
  match: ['alertname="Answered"']
  target: 'thing/{{labels.i}}'
  mode: approve
  guards: { cooldown: 0s, storm: off }
  serving: { out: e }
  steps: [{ name: cut, uses: cut-over-center/haproxy, with: { backend: x, servers: [{ server: y, state: drain }] } }]
`;

const decisions = z.object({ items: z.array(z.object({ decision: z.string(), executionId: z.string().optional() })) });

describe('kill -9 of Redis and Firebreak together, right after a 202', () => {
  let redis: RigRedis;
  let service: RigService;
  beforeAll(async () => {
    redis = await startRedis();
    service = await startService({
      runbooks: { 'answer.yaml': RUNBOOK },
      settings: 'plugins: { cut-over-center: { endpoint: "127.0.0.1:1" } }\n' + NO_GOVERNOR,
      env: { FIREBREAK_REDIS_URL: redis.url, FIREBREAK_LOG_LEVEL: 'warn' },
    });
  });
  afterAll(async () => {
    await service.stop();
    await redis.stop();
  });

  it(
    'I1: ten times: every acknowledged alert is there afterwards, with its decision or its execution',
    { timeout: 180_000 },
    async () => {
      let acknowledged = 0;
      for (let round = 0; round < 10; round++) {
        const kept = await untilThePowerFails(round);
        acknowledged += kept.length;
        await redis.restart();
        await service.restart();
        for (const labels of kept) expect(await decided(labels), JSON.stringify(labels)).toBe(true);
      }
      // a round in which nothing was acknowledged would prove nothing
      expect(acknowledged).toBeGreaterThan(20);
    },
  );

  /** Posts from eight senders at once and cuts the power at the answer to a random one of them. */
  async function untilThePowerFails(round: number): Promise<Record<string, string>[]> {
    const kept: Record<string, string>[] = [];
    const cutAfter = 3 + Math.floor(Math.random() * 30);
    let isOff: Promise<unknown> | undefined;
    const sender = async (number: number): Promise<void> => {
      for (let i = 0; isOff === undefined; i++) {
        const labels = { alertname: i % 2 ? 'Answered' : 'Unknown', i: `${round}-${number}-${i}` };
        const answer = await post(service.url, webhookBody([{ labels, startsAt: Date.now() }])).catch(() => undefined);
        if (answer?.status !== 202) return;
        kept.push(labels);
        if (kept.length >= cutAfter) isOff ??= Promise.all([redis.kill(), service.kill()]);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, number) => sender(number)));
    await isOff;
    return kept;
  }

  async function decided(labels: Record<string, string>): Promise<boolean> {
    const answer = await fetch(`${service.url}/api/v1/decisions?fingerprint=${fingerprintOf(labels)}`);
    const [first] = decisions.parse(await answer.json()).items;
    if (labels['alertname'] === 'Unknown') return first?.decision === 'noted';
    if (first?.executionId === undefined) return false;
    return (await fetch(`${service.url}/api/v1/executions/${first.executionId}`)).ok;
  }
});
