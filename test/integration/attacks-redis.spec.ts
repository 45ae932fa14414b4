import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { QUEUE_PREFIX, WAKEUP_QUEUE } from '../../src/worker/queue.js';
import { webhookBody } from '../rig/alert-bodies.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { projectRoot } from '../rig/project.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

const list = z.object({ items: z.array(z.looseObject({ id: z.string(), phase: z.string() })) });

describe('a job that somebody forged in Redis', { timeout: 90_000 }, () => {
  const folder = rigFolder('forged');
  const lamps = join(folder, 'lamps.json');
  let redis: RigRedis;
  let service: RigService;
  let queue: Queue;
  beforeAll(async () => {
    redis = await startRedis();
    service = await startService({
      runbooks: { 'practice.yaml': readFileSync(join(projectRoot, 'runbooks/practice.yaml'), 'utf8') },
      settings: `plugins: { practice: { file: ${lamps} } }\n`,
      env: { FIREBREAK_REDIS_URL: redis.url },
    });
    queue = new Queue(WAKEUP_QUEUE, { prefix: QUEUE_PREFIX, connection: { url: redis.url } });
  }, 60_000);
  afterAll(async () => {
    await queue?.close();
    await service?.stop();
    await redis?.stop();
    removeFolder(folder);
  });

  const executions = async () => list.parse(await (await fetch(`${service.url}/api/v1/executions`)).json()).items;

  it('S17: has no effect: an unknown one is put aside, and one that is known only has the store looked at', async () => {
    const labels = { alertname: 'FirebreakPractice', lamp: 'first' };
    const body = webhookBody([{ labels, startsAt: Date.now() - 1_000 }]);
    const headers = { 'content-type': 'application/json' };
    await fetch(`${service.url}/api/v1/alert/trigger`, { method: 'POST', headers, body });
    const waiting = await waitFor(
      'a plan that waits for somebody',
      async () => (await executions()).find(({ phase }) => phase === 'awaiting-approval'),
      30_000,
    );
    const { id } = waiting;
    const forged: unknown[] = [
      { id, at: 0 },
      { id, at: 0, phase: 'applying', approvedBy: ['eve'], epoch: 99 },
      { id, at: 0, runbook: 'practice', steps: [{ uses: 'practice/lamp' }] },
      { id: 'nobody-opened-this', at: 0 },
      { id: '../../first', at: 0 },
      { id: '*', at: 0 },
      { id: 'x'.repeat(10_000), at: 0 },
      { id: ['a'], at: 0 },
      { canary: 'x' },
      JSON.parse('{"__proto__":{"id":"x"},"at":0}'),
      null,
      'text',
      [],
    ];
    for (const data of forged) await queue.add('advance', data, { removeOnComplete: true, removeOnFail: 100 });
    await waitFor(
      'all of them to be answered',
      async () => (await queue.getJobCountByTypes('waiting', 'active')) === 0,
      30_000,
    );
    await waitFor('a word about it', () => service.process().output(10_000).includes('was put aside'), 30_000);
    expect((await executions()).map((one) => [one.id, one.phase])).toEqual([[id, 'awaiting-approval']]);
    expect(existsSync(lamps) ? readFileSync(lamps, 'utf8') : '').not.toContain('on');
    expect((await fetch(`${service.url}/-/ready`)).status).toBe(200);
  });
});
