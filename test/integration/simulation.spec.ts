import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Simulation } from '../../src/api/simulation.js';
import { Why } from '../../src/api/why.js';
import { Catalog } from '../../src/catalog/catalog.js';
import { RedisExecutionStore } from '../../src/engine/redis-execution-store.js';
import { Basis } from '../../src/intake/basis.js';
import { Intake } from '../../src/intake/intake.js';
import { readAlerts } from '../../src/intake/read-payload.js';
import { RedisClock } from '../../src/redis/redis-clock.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import { PretendTarget } from '../../src/testing/pretend-target.js';
import { PRETEND_NAMES } from '../../src/testing/pretend-names.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { hostOf, webhook, type Given } from '../scenarios/small-firebreak.js';

const MINUTE = 60_000;

const runbook = (name: string, guards: string): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Fix it, owner: team-test }
spec:
  match: ['for="${name}"']
  target: '${name}/{{labels.service}}'
  mode: auto
  guards: { ${guards} }
  steps: [{ name: set, uses: pretend/set, with: { name: '{{labels.service}}', value: fixed } }]
`;

const RUNBOOKS = {
  stormy: runbook('stormy', 'storm: { distinctTargets: 3 }'),
  limited: runbook('limited', 'rate: { limit: 2, per: 1h }, blastRadius: { by: cluster, limit: 1, per: 1h }'),
  closed: runbook('closed', `windows: { never: ['2000-01-01/2999-12-31'] }`),
  paused: runbook('paused', 'cooldown: 1h'),
};

/** Everything that is in Redis; `DUMP` would do, if the order within hashes did not change by itself. */
async function dumpOf(redis: Redis): Promise<Readonly<Record<string, unknown>>> {
  const keys = (await redis.keys('*')).toSorted();
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await valueOf(redis, key)] as const)));
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  const read: Readonly<Record<string, () => Promise<unknown>>> = {
    string: () => redis.get(key),
    list: () => redis.lrange(key, 0, -1),
    hash: () => redis.hgetall(key),
    set: async () => (await redis.smembers(key)).toSorted(),
    zset: () => redis.zrange(key, '0', '-1', 'WITHSCORES'),
    stream: () => redis.xrange(key, '-', '+'),
  };
  const value = await read[type]?.();
  if (value === undefined) throw new Error(`${key} is a ${type}, which this test does not read`);
  return [await redis.pexpiretime(key), value];
}

describe('on a real Redis', () => {
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-simulation-'));
  const target = new PretendTarget();
  let server: RigRedis;
  let redis: Redis;
  let subscriber: Redis;
  let clock: RedisClock;
  let store: RedisExecutionStore;
  let catalog: Catalog;
  let intake: Intake;
  let simulation: Simulation;

  beforeAll(async () => {
    server = await startRedis();
    [redis, subscriber] = [new Redis(server.url), new Redis(server.url)];
    store = new RedisExecutionStore(redis, subscriber);
    clock = new RedisClock(() => store.now());
    await clock.sync();
    for (const [name, text] of Object.entries(RUNBOOKS)) writeFileSync(join(folder, `${name}.yaml`), text);
    const opened = await Catalog.open({ folder, names: PRETEND_NAMES, now: () => clock.now() });
    if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
    catalog = opened.catalog;
    // nobody rings, so that what is opened stays as it is
    const basis = new Basis(catalog, store, { conditions: () => ({}) });
    intake = new Intake(basis, store, { ring: async () => undefined }, clock, new Metrics());
    simulation = new Simulation(basis, store, hostOf(target, clock), clock);
  });
  afterAll(async () => {
    await Promise.all([redis.quit(), subscriber.quit()]);
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const read = (...alerts: readonly Given[]) => {
    const payload = readAlerts(webhook(alerts, clock.now()));
    if (!payload.ok) throw new Error(payload.detail);
    return payload;
  };
  const about = (runbookName: string, service: string, more: Readonly<Record<string, string>> = {}): Given => ({
    labels: { alertname: 'Broken', for: runbookName, service, ...more },
    startsAt: Math.floor(clock.now() / MINUTE) * MINUTE,
  });

  it('a simulation names every guard with its numbers, and not one key of Redis is different afterwards; nor after why', async () => {
    const now = clock.now();
    const old = { ...about('stormy', 'old'), startsAt: now - 30 * MINUTE };
    for (const service of ['a', 'b', 'c', 'd']) await intake.receive(read(about('stormy', service)));
    await intake.receive(read(about('limited', 'a', { cluster: 'eu' }), { ...old, endsAt: now - 20 * MINUTE }));
    await store.addPause({ id: 'p1', scope: 'runbook:paused', reason: 'moving', by: 'ann', at: now });

    const payload = read(
      about('stormy', 'a'),
      about('stormy', 'a', { instance: 'other' }),
      about('limited', 'b', { cluster: 'eu' }),
      about('limited', 'c', { cluster: 'us' }),
      about('limited', 'd', { cluster: 'asia' }),
      about('closed', 'a'),
      about('paused', 'a'),
      about('nobody', 'a'),
      old,
      { ...about('stormy', 'z'), startsAt: now - 90 * MINUTE },
    );
    const before = await dumpOf(redis);
    const simulated = await simulation.run(payload.alerts);
    const why = new Why(catalog, store, clock);
    for (const { fingerprint } of payload.alerts) await why.about(fingerprint, payload.alerts[0]?.labels);
    for (const { id } of (await store.list({ limit: 10 })).items) await why.about(id);
    expect(await dumpOf(redis)).toEqual(before);
    expect(Object.keys(before).length).toBeGreaterThan(20);
    expect([target.writes, target.values.size]).toEqual([[], 0]);

    const { alerts } = await intake.receive(payload);
    const decided = alerts.flatMap(({ decisions }) => decisions.map(({ because, decision }) => because ?? decision));
    expect(decided).toEqual([
      'duplicate',
      'storm',
      'blast-radius',
      'opened',
      'rate',
      'outside-window',
      'paused',
      'no-runbook',
      'stale',
      'too-old',
    ]);
    expect(simulated.map(({ fate }) => fate.because ?? fate.fate)).toEqual(decided);
    const details = simulated.map(({ decisions: [one] }) => one?.detail?.replaceAll(/\bx[0-9a-z]+-[0-9a-f]+/g, '<id>'));
    expect(details[1]).toBe('4 targets are in trouble (stormy); calm in 10 min if no more are hit');
    expect(details[2]).toBe('budget cluster=eu of limited: 1 of 1 used by <id>');
    expect(details[4]).toBe('budget limited: 2 of 2 used by <id> and others');
  });
});
