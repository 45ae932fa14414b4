import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { post, webhookBody } from '../rig/alert-bodies.js';
import { rigProgram } from '../rig/project.js';
import { startReceiver, type RigReceiver } from '../rig/receiver.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { NO_GOVERNOR, startService, type RigService, type ServiceOptions } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

const RUNBOOK = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: lamp, title: Switch a lamp on, owner: team-test }
spec:
  match: ['alertname="Dark"']
  target: 'lamp/{{labels.lamp}}'
  mode: auto
  guards: { cooldown: 0s, storm: off }
  steps: [{ name: on, uses: practice/lamp, with: { lamp: '{{labels.lamp}}', state: on } }]
`;

const page = z.object({
  items: z.array(z.object({ id: z.string(), state: z.string(), attempts: z.array(z.object({ result: z.string() })) })),
});

describe('messages', () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });
  const started = async <T extends { stop: () => Promise<void> }>(part: Promise<T>): Promise<T> => {
    const it = await part;
    stops.push(it.stop);
    return it;
  };

  async function parts(): Promise<{ redis: RigRedis; receiver: RigReceiver; options: ServiceOptions }> {
    const receiver = await started(startReceiver());
    const redis = await started(startRedis());
    const options = {
      runbooks: { 'lamp.yaml': RUNBOOK },
      settings:
        NO_GOVERNOR +
        `plugins: { practice: {}, webhook: { receivers: { oncall: { url: "${receiver.url}" } } } }\n` +
        'notify: { routes: [{ to: [webhook/oncall] }] }\n',
      env: { FIREBREAK_REDIS_URL: redis.url },
    };
    return { redis, receiver, options };
  }

  const dark = async (service: RigService, lamp: string): Promise<void> => {
    const labels = { alertname: 'Dark', lamp };
    expect((await post(service.url, webhookBody([{ labels, startsAt: Date.now() }]))).status).toBe(202);
  };
  const log = async (service: RigService) => {
    const answer = await fetch(`${service.url}/api/v1/messages`);
    const text = await answer.text();
    // S18: the address carries a credential
    expect(text).not.toContain('canary');
    return page.parse(JSON.parse(text)).items;
  };

  /** The service dies on the way of the message about one execution, and another one comes. */
  async function dies(
    point: string,
    ...careless: string[]
  ): Promise<{ receiver: RigReceiver; redis: RigRedis; next: RigService }> {
    const { receiver, redis, options } = await parts();
    const program = rigProgram('dying-courier.js');
    const dying = await started(startService({ ...options, program, arguments: [point, ...careless] }));
    await dark(dying, 'first');
    await waitFor('the worker to die', () => !dying.process().isRunning(), 20_000);
    return { receiver, redis, next: await started(startService(options)) };
  }

  it.each([
    ['before-put', 'between the event and the letter', 1],
    ['before-send', 'between the letter and the send', 1],
    ['after-send', 'between the send and the tick', 2],
  ])(
    'kill -9 %s, %s: another worker sends it within 15 s, under the same key',
    async (point, _, times) => {
      const { receiver, next } = await dies(point);
      const ready = performance.now();
      const [record] = await waitFor(
        'the message to be ticked off',
        async () => {
          const items = await log(next);
          return items.some(({ state }) => state === 'delivered') ? items : undefined;
        },
        15_000,
        100,
      );
      console.log(`killed ${point}: ticked off ${Math.round(performance.now() - ready)} ms after the next was ready`);
      expect(receiver.arrivals).toHaveLength(times);
      expect(new Set(receiver.arrivals.map(({ key }) => key))).toEqual(new Set([record?.id]));
      expect(receiver.arrivals[0]).toMatchObject({ event: 'closed', title: 'lamp on lamp/first: succeeded' });
    },
    90_000,
  );

  it.each([
    ['before-put', []],
    ['before-send', ['delivered']],
  ])(
    'a worker that ticks off before it sends loses the message, and this is seen (%s)',
    async (point, states) => {
      const { receiver, redis, next } = await dies(point, 'careless');
      const client = new Redis(redis.url);
      expect(await client.zcard('{fb}:ob:facts')).toBe(0);
      await client.quit();
      expect((await log(next)).map(({ state }) => state)).toEqual(states);
      expect(receiver.arrivals).toEqual([]);
    },
    90_000,
  );

  it('nothing is lost while Redis is away, or the receiver', async () => {
    const { redis, receiver, options } = await parts();
    receiver.answer(503);
    const service = await started(startService(options));
    for (const lamp of ['a', 'b', 'c']) await dark(service, lamp);
    await waitFor('the first attempts', () => new Set(receiver.arrivals.map(({ key }) => key)).size === 3, 20_000);
    await redis.kill();
    const isReady = async () => (await fetch(`${service.url}/-/ready`)).ok;
    await waitFor('the service to notice', async () => !(await isReady()), 20_000);
    receiver.answer(204);
    await redis.restart();
    await waitFor(
      'all to be delivered',
      async () => {
        const items = await log(service).catch(() => []);
        return items.length === 3 && items.every(({ state }) => state === 'delivered');
      },
      30_000,
      200,
    );
    const titles = new Set(receiver.arrivals.map(({ title }) => title));
    expect(titles).toEqual(new Set(['a', 'b', 'c'].map((lamp) => `lamp on lamp/${lamp}: succeeded`)));
  }, 90_000);

  it('two workers send each message once when nobody dies', async () => {
    const { receiver, options } = await parts();
    const service = await started(startService(options));
    await started(startService({ ...options, env: { ...options.env, FIREBREAK_ROLE: 'worker' } }));
    const lamps = Array.from({ length: 20 }, (_, i) => `l${i}`);
    await Promise.all(lamps.map((lamp) => dark(service, lamp)));
    await waitFor('all to arrive', () => receiver.arrivals.length >= lamps.length, 30_000);
    await waitFor(
      'all to be ticked off',
      async () => (await log(service)).every(({ state }) => state === 'delivered'),
      30_000,
    );
    expect(receiver.arrivals).toHaveLength(lamps.length);
    expect(new Set(receiver.arrivals.map(({ key }) => key)).size).toBe(lamps.length);
  }, 90_000);
});
