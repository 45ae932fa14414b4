import { describe, expect, it } from 'vitest';
import { aPlan, someOrders } from '../testing/examples.js';
import type { StepOrder } from './orders.js';
import type { StepPlan } from './step-plan.js';
import { canonicalJson } from './json.js';
import { effectKey, planDigest, sha256Hex } from './plan-digest.js';

const [order] = someOrders().steps;
const [plan] = aPlan(someOrders());
if (order === undefined || plan === undefined) throw new Error('the examples have a step');

const digest = (target: string, orderChange: Partial<StepOrder> = {}, planChange: Partial<StepPlan> = {}): string =>
  planDigest(target, [{ ...order, ...orderChange }], [{ ...plan, ...planChange }]);
const shown = digest('traffic/shop');
const change = { resource: 'switch', attribute: 'value', from: 'a', to: 'b' };

describe('the digest of a plan', () => {
  it('I8: is the same for the same plan, whatever the order of its keys', () => {
    expect(digest('traffic/shop')).toBe(shown);
    expect(digest('traffic/shop', { with: { value: 'b' } }, { before: { x: 1, y: { p: 1, q: 2 } } })).toBe(
      digest('traffic/shop', { with: { value: 'b' } }, { before: { y: { q: 2, p: 1 }, x: 1 } }),
    );
    expect(
      digest('traffic/shop', {}, { changes: [{ to: 'b', from: 'a', attribute: 'value', resource: 'switch' }] }),
    ).toBe(digest('traffic/shop', {}, { changes: [change] }));
  });

  it.each<[what: string, other: string]>([
    ['the target', digest('traffic/other')],
    ['a parameter', digest('traffic/shop', { with: { value: 'c' } })],
    ['the name of a step', digest('traffic/shop', {}, { step: 'other' })],
    ['the action', digest('traffic/shop', {}, { uses: 'pretend/burn' })],
    ["the plugin's version", digest('traffic/shop', {}, { pluginVersion: '2' })],
    ['what a change is about', digest('traffic/shop', {}, { changes: [{ ...change, resource: 'other' }] })],
    ['which attribute changes', digest('traffic/shop', {}, { changes: [{ ...change, attribute: 'other' }] })],
    ['what a change comes from', digest('traffic/shop', {}, { changes: [{ ...change, from: 'z' }] })],
    ['what a change leads to', digest('traffic/shop', {}, { changes: [{ ...change, to: 'z' }] })],
    ['one change more', digest('traffic/shop', {}, { changes: [change, change] })],
    ['what would be restored', digest('traffic/shop', {}, { before: 'z' })],
    ['whether it can be taken back', digest('traffic/shop', {}, { reversible: false })],
    ['whether it asks for a person', digest('traffic/shop', {}, { asks: 'some may be lost' })],
    ['one step more', planDigest('traffic/shop', [order, order], [plan, plan])],
  ])('I8: is another one when %s is another', (_what, other) => expect(other).not.toBe(shown));

  it('I8: depends on the order of steps', () => {
    const other = { ...plan, step: 'other' };
    expect(planDigest('t', [order, order], [plan, other])).not.toBe(planDigest('t', [order, order], [other, plan]));
  });

  it('does not depend on the wording of the summary', () =>
    expect(digest('traffic/shop', {}, { summary: 'other words' })).toBe(shown));

  it('does not depend on the words in which it asks for a person', () =>
    expect(digest('traffic/shop', {}, { asks: 'some may be lost' })).toBe(
      digest('traffic/shop', {}, { asks: 'a little may be lost' }),
    ));

  it('does not depend on how a step is verified, nor on whether it had anything to do', () => {
    const limits = { everyMs: 1, healthy: 1, unhealthy: 1, unknown: 1, withinMs: 1 };
    const verify = { probe: 'pretend/state', with: {}, limits };
    expect(digest('traffic/shop', { verify }, { idle: 'it is so' })).toBe(shown);
  });
});

describe('the key of an effect', () => {
  it('I4: is the same for every attempt and different for everything else', () => {
    const key = effectKey('e1', 'switch', 'apply');
    expect(effectKey('e1', 'switch', 'apply')).toBe(key);
    const others = [
      effectKey('e2', 'switch', 'apply'),
      effectKey('e1', 'other', 'apply'),
      effectKey('e1', 'switch', 'revert'),
    ];
    expect(new Set([key, ...others]).size).toBe(4);
    expect(key).toMatch(/^[0-9a-f]{32}$/);
  });

  it('cannot be made equal by moving letters from one part to the next', () => {
    expect(effectKey('e1', '1a', 'apply')).not.toBe(effectKey('e11', 'a', 'apply'));
  });
});

describe('the ingredients', () => {
  it('hash like everybody else', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it.each<[value: Parameters<typeof canonicalJson>[0], text: string]>([
    [null, 'null'],
    [{ b: 1, a: [true, 'x"y'] }, '{"a":[true,"x\\"y"],"b":1}'],
    [{ a: {}, A: [] }, '{"A":[],"a":{}}'],
  ])('write %j with sorted keys', (value, text) => expect(canonicalJson(value)).toBe(text));
});
