import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Claim } from '../../src/core/claim.js';
import type { ExecutionStore, Receipt } from '../../src/engine/execution-store.js';
import { RedisExecutionStore } from '../../src/engine/redis-execution-store.js';
import { verifyAudit } from '../../src/engine/verify-audit.js';
import { anAlert, anExecution } from '../../src/testing/examples.js';
import { startRedis, type RigRedis } from '../rig/redis.js';

/** Texts that a label, a target or a name may hold, each of which has broken some parser. */
const HOSTILE: Readonly<Record<string, string>> = {
  'a NUL': 'a\u0000b',
  'a lone high surrogate': 'a\ud800',
  'a lone low surrogate': '\udc00a',
  'an emoji': '🔥',
  'right to left': '\u202etxt',
  'line separators': 'a\u2028b\nc\r',
  'quotes and backslashes': '"\\"\\\\u0000',
  'a Lua pattern': '%d+[^%',
  'key syntax': '{fb}:x:{',
  '10 kB': 'x'.repeat(10_000),
  nothing: '',
};

/** A lone surrogate becomes U+FFFD on its way. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

describe('a real Redis, given what somebody made up to break it', () => {
  let rig: RigRedis;
  let redis: Redis;
  let store: ExecutionStore;
  beforeAll(async () => {
    rig = await startRedis();
    redis = new Redis(rig.url);
    store = new RedisExecutionStore(redis, redis);
  });
  beforeEach(() => redis.flushall());
  afterAll(async () => {
    await redis.quit();
    await rig.stop();
  });

  const claimsOn = (value: string): Claim[] => {
    const target = `traffic/${value}`;
    const windowMs = 600_000;
    const rules = [{ name: value, minServing: 1, among: { [value]: 1, other: 1 } }];
    return [
      { kind: 'unpaused', scopes: ['all', `target:${target}`] },
      { kind: 'storm', key: `cut-over|x=${value}`, target, most: 5, windowMs, calmMs: windowMs },
      { kind: 'refires', target, fingerprint: 'f', limit: 1, windowMs },
      { kind: 'interval', target: `other ${target}`, ms: windowMs },
      { kind: 'opposite', target, does: ['a'], undoes: ['b'], windowMs, refuse: true },
      { kind: 'compatible', plugins: ['pretend'], opponents: ['evict'], look: false },
      { kind: 'serving', out: value, rules, look: false },
    ];
  };

  const receipt = (value: string): Receipt => {
    const alert = anAlert({ labels: { alertname: value, [`label ${value}`]: value } });
    const execution = anExecution({ alert, target: `traffic/${value}`, reason: value });
    const claims: Claim[] = [
      { kind: 'episode', fingerprint: alert.fingerprint, runbook: 'cut-over', startsAt: alert.startsAt },
      { kind: 'exclusive', target: execution.target },
      { kind: 'budget', guard: 'blast-radius', key: `cut-over|x=${value}`, limit: 1, windowMs: 60_000 },
    ];
    return { receiptId: 'r', source: 's', alert, openings: [{ execution, claims }], refusals: [] };
  };

  it.each(Object.entries(HOSTILE))('S5, I1: keeps an alert with %s, and the alerts beside it', async (_what, value) => {
    const beside = { ...receipt('beside'), openings: [] };
    const answers = await store.receive([receipt(value), beside]);
    expect(answers.map((records) => records[0]?.decision)).toEqual(['opened', 'noted']);
    const stored = await store.get('e1');
    expect(stored?.execution.target).toBe(`traffic/${value}`);
    expect(await store.receive([receipt(value)])).toMatchObject([[{ decision: 'suppressed', because: 'duplicate' }]]);
    expect(await store.decisions({ limit: 10 })).toHaveLength(3);
  });

  it.each(Object.entries(HOSTILE))(
    'I10: a pause whose glob holds %s stops that target and no other',
    async (_what, value) => {
      const scopes = (target: string): Claim[] => [{ kind: 'unpaused', scopes: ['all', `target:${target}`] }];
      await store.addPause({ id: 'p', scope: `target:x${value}*/shop`, reason: value, by: 'ada', at: 0 });
      expect(await store.open(anExecution({ id: 'e1' }), scopes(`x${value} and more/shop`))).toMatchObject({
        opened: false,
      });
      expect(await store.open(anExecution({ id: 'e2' }), scopes(`y${value}/shop`))).toEqual({ opened: true });
    },
  );

  it.each(Object.entries(HOSTILE))(
    'S5, I9, I13: claims, storms, centres and the audit bear %s',
    async (_what, value) => {
      const target = `traffic/${value}`;
      const clean = wellFormed(target);
      expect(await store.open(anExecution({ id: 'e1', target, requestedBy: value }), claimsOn(value))).toEqual({
        opened: true,
      });
      expect(await store.governance.outOfService()).toEqual([{ center: wellFormed(value), by: 'e1' }]);
      await store.governance.setServing(value, false, { by: value, reason: value });
      expect(await store.open(anExecution({ id: 'e2', target }), claimsOn(value))).toMatchObject({
        opened: false,
        refusal: { because: 'loop', executionId: 'e1' },
      });
      const [pause] = await store.pauses();
      expect(pause).toMatchObject({ scope: `target:${clean}`, by: 'firebreak' });
      expect(Number.isSafeInteger(pause?.at)).toBe(true);
      expect(await store.open(anExecution({ id: 'e3', target }), claimsOn(value))).toMatchObject({
        opened: false,
        refusal: { because: 'paused', scope: `target:${clean}` },
      });
      await store.liftPause(pause?.id ?? '', { by: value, reason: value });
      const storm: Claim = { kind: 'storm', key: value, target, most: 0, windowMs: 600_000, calmMs: 600_000 };
      expect(await store.open(anExecution({ id: 'e4', target }), [storm])).toMatchObject({ opened: false });
      expect(await store.governance.storms()).toMatchObject([{ key: wellFormed(value), targets: [{ target: clean }] }]);
      expect(await store.governance.endStorm(value, { by: value, reason: value })).toBe(true);
      expect(await verifyAudit(store)).toMatchObject({ ok: true, records: 5, entries: 1 });
    },
  );

  it.each([
    ['an endless limit', { kind: 'budget', guard: 'rate', key: 'r', limit: Infinity, windowMs: 1 }],
    ['no number', { kind: 'interval', target: 't', ms: NaN }],
  ] satisfies [string, Claim][])('I9: %s never reaches a script', async (_what, claim) => {
    await expect(store.open(anExecution(), [claim])).rejects.toThrow('a script cannot read');
    expect(await store.get('e1')).toBeUndefined();
  });

  it('S9: a glob made of stars is matched without going through all ways to read it', async () => {
    const target = 'a'.repeat(2_000);
    await store.addPause({ id: 'p', scope: `target:${'*a'.repeat(100)}*b`, reason: 'bomb', by: 'ada', at: 0 });
    const opened = store.open(anExecution({ id: 'e1' }), [{ kind: 'unpaused', scopes: [`target:${target}`] }]);
    expect(await opened).toEqual({ opened: true });
  });
});
