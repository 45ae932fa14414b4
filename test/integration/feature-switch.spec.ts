import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/degrade-feature/index.js';
import type { Json } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import { startEtcd, type RigEtcd } from '../rig/etcd.js';
import { startFeatureService, type RigFeatureService } from '../rig/feature-process.js';
import { now, startLoad, type Load } from '../rig/load.js';
import { startLoneRedis, type LoneRedis } from '../rig/lone-redis.js';
import { plainCall } from '../rig/plain-call.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { writeInto } from '../rig/project.js';
import { waitFor } from '../rig/wait-for.js';

const PER_SECOND = 300;
const ROUNDS = 10;
const [ETCD_KEY, REDIS_KEY] = ['/features/recommendations', 'feature:recommendations'];

const variants = { on: true, off: false };
const FLAGS = { flags: { recommendations: { state: 'ENABLED', variants, defaultVariant: 'on' } } };

/** A place of the switch: how Firebreak and the service reach it, and how it goes away and comes back. */
interface Subject {
  readonly service: RigFeatureService;
  readonly action: Action;
  readonly params: Json;
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
}

const stops: (() => Promise<void>)[] = [];
let [etcd, redis]: [RigEtcd | undefined, LoneRedis | undefined] = [undefined, undefined];
beforeAll(async () => {
  [etcd, redis] = await Promise.all([startEtcd(), startLoneRedis()]);
  stops.push(etcd.stop, redis.stop);
  await etcd.put(ETCD_KEY, 'true');
  await redis.client.set(REDIS_KEY, 'true');
});
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
});

async function started(service: Promise<RigFeatureService>): Promise<RigFeatureService> {
  const it = await service;
  stops.push(it.stop);
  return it;
}

function actionOf(name: string, section: Json): Action {
  const { provided } = plugin.instantiate({ [name]: section }, { info: () => {}, warn: () => {} });
  const found = provided.actions?.[name];
  if (found === undefined) throw new Error(`the plugin has no action ${name}`);
  return found;
}

const subjects: readonly [string, () => Promise<Subject>][] = [
  [
    'etcd, which the service watches',
    async () => {
      if (etcd === undefined) throw new Error('etcd is not there');
      const main = { endpoints: [etcd.url], prefix: '/features/' };
      return {
        service: await started(startFeatureService({ etcd: etcd.url, key: ETCD_KEY })),
        action: actionOf('etcd', { clusters: { main } }),
        params: { cluster: 'main', feature: 'recommendations' },
        kill: etcd.kill,
        restart: etcd.restart,
      };
    },
  ],
  [
    'Redis, which tells the service',
    async () => {
      if (redis === undefined) throw new Error('Redis is not there');
      const { host, port, client } = redis;
      return {
        service: await started(startFeatureService({ redis: port, key: REDIS_KEY })),
        action: actionOf('redis', { servers: { flags: { host, port, prefix: 'feature:' } } }),
        params: { server: 'flags', feature: 'recommendations' },
        kill: redis.kill,
        restart: async () => {
          await redis?.restart();
          // This one keeps nothing, and the operator's own word is what was there last.
          await client.set(REDIS_KEY, 'false');
        },
      };
    },
  ],
  [
    'a file, which the service watches',
    async () => {
      const folder = rigFolder('flags');
      stops.push(async () => removeFolder(folder));
      const path = writeInto(folder, 'shop.flagd.json', JSON.stringify(FLAGS));
      return {
        service: await started(startFeatureService({ file: path, key: 'recommendations' })),
        action: actionOf('file', { files: { shop: { path } } }),
        params: { file: 'shop', feature: 'recommendations' },
        kill: () => rename(path, `${path}.away`),
        restart: () => rename(`${path}.away`, path),
      };
    },
  ],
];

describe.each(subjects)('D1: a feature whose switch is in %s', (name, make) => {
  let subject: Subject;
  let load: Load;
  beforeAll(async () => {
    subject = await make();
    load = startLoad(subject.service.url, PER_SECOND, 20_000, {}, 'x-feature');
    await isServed('on');
  });
  afterAll(() => load?.stop());

  const answersSince = (moment: number) => load.requests().filter(({ sentAt }) => sentAt >= moment);
  /** Waits until nobody has been answered otherwise for a while. */
  const isServed = async (feature: 'on' | 'off') => {
    const begun = now();
    await waitFor(
      `answers with the feature ${feature}`,
      () => {
        const latest = answersSince(begun).slice(-20);
        return latest.length === 20 && latest.every(({ center }) => center === feature);
      },
      30_000,
    );
  };

  it('is off and on again within 100 ms of the switch, as seen from outside, and no request fails', async () => {
    const { action, params } = subject;
    const figures: { first: number; last: number; whole: number }[] = [];
    const turned = async (change: () => Promise<unknown>, to: 'on' | 'off') => {
      const begun = now();
      await change();
      const acknowledged = now();
      await isServed(to);
      const seen = answersSince(begun);
      const first = seen.find(({ center }) => center === to)?.doneAt ?? Infinity;
      const last = Math.max(...seen.filter(({ center }) => center !== to).map(({ doneAt }) => doneAt));
      figures.push({
        first: Math.max(0, first - acknowledged),
        last: Math.max(0, last - acknowledged),
        whole: Math.max(first, last) - begun,
      });
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      const { before } = await action.plan(plainCall(), params);
      await turned(() => action.apply(plainCall(), params, before), 'off');
      expect(await action.verify(plainCall(), params, before)).toEqual({ took: true });
      await turned(() => action.revert(plainCall(), params, before), 'on');
    }
    const requests = load.requests();
    expect(requests.filter(({ ok }) => !ok)).toEqual([]);
    const say = (of: 'first' | 'last' | 'whole') => {
      const sorted = figures.map((one) => one[of]).toSorted((a, b) => a - b);
      const [median = Infinity, worst = Infinity] = [sorted[sorted.length / 2], sorted.at(-1)];
      return { median, worst, text: `median ${median.toFixed(1)} ms, worst ${worst.toFixed(1)} ms` };
    };
    const [first, last, whole] = [say('first'), say('last'), say('whole')];
    console.log(
      `${name}: ${figures.length} switches under ${PER_SECOND} requests a second, ${requests.length} requests, none failed; ` +
        `from the acknowledged write to the first answer as wanted ${first.text}; to the last answer as before ${last.text}; ` +
        `from the moment Firebreak began to the end of both ${whole.text}`,
    );
    for (const { median, worst } of [first, last]) {
      expect(median).toBeLessThanOrEqual(100);
      expect(worst).toBeLessThanOrEqual(1_000);
    }
  });

  it('is left out of a request that says so itself, whatever the switch says', async () => {
    const ask = async (headers: Readonly<Record<string, string>>) =>
      (await fetch(subject.service.url, { headers })).json();
    expect(await ask({})).toHaveProperty('recommendations');
    expect(await ask({ 'X-Feature-Enabled': 'false' })).toEqual({ catalogue: ['tea', 'coffee'] });
    expect(await ask({ 'X-Feature-Enabled': 'true' })).toHaveProperty('recommendations');
  });

  it('stays off while the place of its switch is away, no request fails, and is back when that is', async () => {
    const { action, params } = subject;
    const { before } = await action.plan(plainCall(), params);
    await action.apply(plainCall(), params, before);
    await isServed('off');
    await subject.kill();
    await expect(action.revert(plainCall(), params, before)).rejects.toMatchObject({ again: true });
    await isServed('off');
    await subject.restart();
    await waitFor('the switch to be turned', () => action.revert(plainCall(), params, before), 30_000);
    await isServed('on');
    expect(load.requests().filter(({ ok }) => !ok)).toEqual([]);
  });
});
