import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Change, Json, Plan } from '../../../src/plugin-sdk/index.js';
import type { Action } from '../../../src/plugin-sdk/plugin.js';
import { startPlainHaproxy, type PlainHaproxy } from '../../../test/rig/plain-haproxy.js';
import { plainCall } from '../../../test/rig/plain-call.js';
import plugin from '../index.js';

const config = () => `
defaults
  mode tcp
  timeout connect 1s
  timeout client 1s
  timeout server 1s
backend centers
  server a 127.0.0.1:1 weight 100
  server b 127.0.0.1:1 weight 100
`;
const log = { info: () => {}, warn: () => {} };
let haproxy: PlainHaproxy;
let other: PlainHaproxy;
let action: Action;

beforeAll(async () => {
  [haproxy, other] = [await startPlainHaproxy(config), await startPlainHaproxy(config)];
  const all = { endpoint: haproxy.socket, endpoints: { other: other.socket } };
  action = plugin.instantiate(all, log).provided.actions!['haproxy']!;
});
afterAll(async () => {
  await haproxy?.stop();
  await other?.stop();
});
beforeEach(async () => {
  await haproxy.tell('set server centers/a state ready; set server centers/a weight 100');
  await haproxy.tell('set server centers/b state drain; set server centers/b weight 100');
});

const stage = (a: number, b: number) => ({
  backend: 'centers',
  servers: [
    { server: 'b', state: 'ready', weight: b },
    { server: 'a', weight: a },
  ],
});
const stages = [stage(90, 10), stage(50, 50), stage(0, 100)];

/** Plans all stages before the first is applied, as the engine does. */
async function planAll(): Promise<Plan<Json>[]> {
  const plans: Plan<Json>[] = [];
  for (const params of stages) {
    const earlier = plans.flatMap((plan) => plan.changes);
    expect(await action.check(plainCall({ earlier }), params)).toEqual({ needed: true });
    plans.push(await action.plan(plainCall({ earlier }), params));
  }
  return plans;
}
async function standing(): Promise<string[]> {
  const rows = (await haproxy.tell('show servers state centers')).split('\n').slice(2);
  return rows.map((row) => row.split(' ')).map((cells) => `${cells[3]} ${cells[6]}/${cells[7]}`);
}

describe('stages that are all planned before the first is made', () => {
  it('begin each where the one before it ends', async () => {
    const plans = await planAll();
    expect(plans.map((plan) => plan.summary)).toEqual([
      'centers: b state drain -> ready, b weight 100 -> 10, a weight 100 -> 90',
      'centers: b weight 10 -> 50, a weight 90 -> 50',
      'centers: b weight 50 -> 100, a weight 50 -> 0',
    ]);
    expect(plans[2]?.before).toEqual({
      servers: [
        { server: 'b', state: 'ready', weight: 50 },
        { server: 'a', state: 'ready', weight: 50 },
      ],
    });
  });

  it('are made one after the other, and taken back one after the other', async () => {
    const plans = await planAll();
    const seen = [await standing()];
    for (const [at, plan] of plans.entries()) {
      await action.apply(plainCall(), stages[at]!, plan.before);
      expect(await action.verify(plainCall(), stages[at]!, plan.before)).toEqual({ took: true });
      seen.push(await standing());
    }
    expect(seen).toEqual([
      ['a 0/100', 'b 8/100'],
      ['a 0/90', 'b 0/10'],
      ['a 0/50', 'b 0/50'],
      ['a 0/0', 'b 0/100'],
    ]);
    for (const [at, plan] of [...plans.entries()].toReversed()) {
      await action.revert(plainCall(), stages[at]!, plan.before);
      expect(await standing()).toEqual(seen[at]);
    }
  });

  it('are refused when somebody else changes a server between two of them', async () => {
    const plans = await planAll();
    await action.apply(plainCall(), stages[0]!, plans[0]!.before);
    await haproxy.tell('set server centers/b weight 33');
    await expect(action.apply(plainCall(), stages[1]!, plans[1]!.before)).rejects.toMatchObject({
      code: 'changed-meanwhile',
    });
    expect(await standing()).toEqual(['a 0/90', 'b 0/33']);
  });

  it('are not made out of their order', async () => {
    const plans = await planAll();
    await expect(action.apply(plainCall(), stages[1]!, plans[1]!.before)).rejects.toMatchObject({
      code: 'changed-meanwhile',
    });
    expect(await standing()).toEqual(['a 0/100', 'b 8/100']);
  });

  it('need nothing when an earlier one will have done it', async () => {
    const [first] = await planAll();
    expect(await action.check(plainCall({ earlier: first!.changes }), stages[0]!)).toEqual({
      needed: false,
      because: 'every server is as wanted already',
    });
  });

  it('I9: are refused when together they leave nobody who serves', async () => {
    const earlier: Change[] = [{ resource: 'haproxy/centers/a', attribute: 'state', from: 'ready', to: 'maint' }];
    const params = { backend: 'centers', servers: [{ server: 'b', weight: 50 }] };
    expect((await action.plan(plainCall(), params)).changes).toHaveLength(1);
    await expect(action.plan(plainCall({ earlier }), params)).rejects.toMatchObject({ code: 'no-server-left' });
  });

  it('take a backend of the same name at another HAProxy for another one', async () => {
    const [first] = await planAll();
    const there = { ...stages[0]!, endpoint: 'other' };
    const plan = await action.plan(plainCall({ earlier: first!.changes }), there);
    expect(plan.changes).toEqual([
      { resource: 'haproxy/other/centers/b', attribute: 'weight', from: 100, to: 10 },
      { resource: 'haproxy/other/centers/a', attribute: 'weight', from: 100, to: 90 },
    ]);
  });

  it('refuse an earlier change that they do not understand', async () => {
    const earlier: Change[] = [{ resource: 'haproxy/centers/a', attribute: 'weight', from: 1, to: 'much' }];
    await expect(action.plan(plainCall({ earlier }), stages[0]!)).rejects.toMatchObject({ code: 'not-understood' });
  });
});
