import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Claim } from '../../src/core/claim.js';
import { evolve } from '../../src/core/evolve.js';
import type { Event } from '../../src/core/event.js';
import { RedisExecutionStore } from '../../src/engine/redis-execution-store.js';
import { aPlan, anAlert, anExecution, someOrders } from '../../src/testing/examples.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { turnedRedis, type TurnedRedis } from '../rig/turned-redis.js';

const P = '{fb}:';
const WINDOW = 600_000;
/** Keys that there is one of, or one for each runbook, plugin or phase: what alerts say makes no more of them. */
const FIXED =
  /^(?:all|due|decisions|storms|pauses|frozen|out|rv|audit|audit:head|clock-of-the-test|ob:(?:facts|all|remind|lanes)|(?:ph|sc|sr|tr|ac):[a-z-]+)$/;

describe('what a real Redis keeps', () => {
  let rig: RigRedis;
  let turned: TurnedRedis;
  let store: RedisExecutionStore;
  let now = 0;
  beforeAll(async () => {
    rig = await startRedis();
    turned = turnedRedis(rig.url, (lua) => lua.replace('MOST_HIT = 10000', 'MOST_HIT = 50'));
    await turned.redis.config('SET', 'appendfsync', 'no');
  });
  beforeEach(async () => {
    await turned.redis.flushall();
    now = Date.now();
    await turned.turn(P, now);
    store = new RedisExecutionStore(turned.redis, turned.redis, { prefix: P });
  });
  afterAll(async () => {
    await turned.redis.quit();
    await rig.stop();
  });

  const pass = (ms: number): Promise<void> => turned.turn(P, (now += ms));
  const save = async (id: string, event: Event, claims: readonly Claim[] = []): Promise<void> => {
    const before = await store.get(id);
    if (before === undefined) throw new Error(`${id} is not there`);
    const evolved = evolve(before.execution, event, now);
    if (!evolved.ok) throw new Error(evolved.detail);
    expect(await store.append({ before, event, next: evolved.next, at: now, claims })).toMatchObject({ saved: 'yes' });
  };

  /** Names of keys that nothing will ever take away. */
  const endless = async (): Promise<string[]> => {
    const keys = await turned.redis.keys(`${P}*`);
    const ends = await Promise.all(keys.map((key) => turned.redis.pttl(key)));
    return keys
      .filter((_, i) => ends[i] === -1)
      .map((key) => key.slice(P.length))
      .filter((name) => !FIXED.test(name));
  };

  it('I15: every key that an alert can make more of has an end, once its execution is closed', async () => {
    for (let i = 0; i < 20; i++) {
      const label = `value ${i}`;
      const alert = anAlert({ labels: { alertname: 'X', label } });
      const target = `t/${label}`;
      const id = `e${i}`;
      const storm = (most: number): Claim => {
        return { kind: 'storm', key: `r|label=${label}${most}`, target, most, windowMs: WINDOW, calmMs: WINDOW };
      };
      const claims: Claim[] = [
        { kind: 'episode', fingerprint: alert.fingerprint, runbook: 'cut-over', startsAt: alert.startsAt },
        { kind: 'exclusive', target },
        { kind: 'interval', target, ms: WINDOW },
        { kind: 'budget', guard: 'blast-radius', key: `r|label=${label}`, limit: 3, windowMs: WINDOW },
        storm(3),
        { kind: 'refires', target, fingerprint: alert.fingerprint, limit: 3, windowMs: WINDOW },
      ];
      const acting: Claim[] = [
        { kind: 'opposite', target, does: [label], undoes: ['x'], windowMs: WINDOW, refuse: true },
        { kind: 'compatible', plugins: ['pretend'], opponents: [], look: false },
      ];
      const orders = someOrders({ recurrence: { limit: 3, perMs: WINDOW } });
      const execution = anExecution({ id, target, alert, orders }, now);
      // every other one is opened outside of a webhook, for an incident that is not known
      if (i % 2 === 0) {
        await store.receive([{ receiptId: 'r', source: 's', alert, refusals: [], openings: [{ execution, claims }] }]);
      } else {
        expect(await store.open(execution, claims)).toEqual({ opened: true });
      }
      expect(await store.open(anExecution({ id: `no${i}` }), [storm(0)])).toMatchObject({ opened: false });
      const intent = { key: 'k', epoch: 1, owner: 'w', at: now, deadline: now + 1 };
      await save(id, { type: 'planned', plan: aPlan(orders), digest: 'd' });
      await save(id, { type: 'apply-intended', step: 0, intent }, acting);
      await save(id, { type: 'applied', step: 0, key: 'k', epoch: 1 });
      const about = { id, runbook: 'r', target, phase: 'applying' };
      const message = { id: `${id}-held`, event: 'held', title: 't', text: label, link: '', execution: about } as const;
      await store.outbox.put([{ id: message.id, at: now, letters: [{ notifier: 'pretend/people', message }] }]);
      const claimed = await store.outbox.claim('pretend/people', 1_000);
      if (claimed !== undefined) await store.outbox.finish(claimed, { result: 'delivered' });
      await store.outbox.take(id, { by: 'ada', at: now, until: now + 1_000 });
    }
    expect(await endless()).toEqual([]);
    expect((await turned.redis.keys(`${P}*`)).length).toBeGreaterThan(200);
  });

  it('I15: storms that nobody looks at do not heap up', async () => {
    for (let i = 0; i < 100; i++) {
      const storm: Claim = { kind: 'storm', key: `k${i}`, target: 't', most: 0, windowMs: WINDOW, calmMs: 1_000 };
      expect(await store.open(anExecution(), [storm])).toMatchObject({ opened: false });
      await pass(500);
    }
    expect(await turned.redis.zcard(`${P}storms`)).toBeLessThan(5);
  });

  it('I15: a storm lists so many targets and no more, and goes on with those that it knows', async () => {
    for (let i = 0; i < 120; i++) {
      const target = `t${String(i).padStart(3, '0')}`;
      const storm: Claim = { kind: 'storm', key: 'k', target, most: 0, windowMs: WINDOW, calmMs: WINDOW };
      await store.open(anExecution(), [storm]);
    }
    await pass(1_000);
    const known: Claim = { kind: 'storm', key: 'k', target: 't000', most: 0, windowMs: WINDOW, calmMs: WINDOW };
    expect(await store.open(anExecution(), [known])).toMatchObject({ refusal: { targets: 50, calmInMs: WINDOW } });
    const [storm] = await store.governance.storms();
    expect(storm?.targets).toHaveLength(50);
    expect(storm?.targets.at(-1)).toEqual({ target: 't000', at: now });
  });

  it('I15: pauses that are over are put away when the next begins', async () => {
    for (let i = 0; i < 20; i++) {
      const pause = { id: `p${i}`, scope: 'all', reason: 'deploy', by: 'ada', at: now, until: now + 1_000 };
      await store.addPause(pause);
      await pass(2_000);
    }
    expect(await turned.redis.hlen(`${P}pauses`)).toBe(1);
    expect(await store.pauses()).toEqual([]);
  });

  it('I15: fixes of one alert that are older than thirty days are forgotten', async () => {
    const alert = anAlert();
    for (let i = 0; i < 40; i++) {
      const id = `e${i}`;
      await store.open(anExecution({ id, alert, target: id }, now), []);
      await save(id, { type: 'planned', plan: aPlan(someOrders()), digest: 'd' });
      const intent = { key: 'k', epoch: 1, owner: 'w', at: now, deadline: now + 1 };
      await save(id, { type: 'apply-intended', step: 0, intent });
      await save(id, { type: 'applied', step: 0, key: 'k', epoch: 1 });
      await pass(86_400_000);
    }
    const [key = ''] = await turned.redis.keys(`${P}fx:*`);
    expect(await turned.redis.zcard(key)).toBe(30);
  });
});
