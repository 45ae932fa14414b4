import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StepOrder } from './orders.js';
import type { Change, StepPlan } from './step-plan.js';
import type { Json } from './json.js';
import { planDifference } from './plan-difference.js';
import { planDigest } from './plan-digest.js';

const weight = (resource: string, from: Json, to: Json): Change => ({ resource, attribute: 'weight', from, to });
const [a, b] = [weight('server a', 100, 0), weight('server b', 0, 100)];

const step = (change: Partial<StepPlan> = {}): StepPlan => ({
  step: 'switch',
  uses: 'haproxy/weight',
  summary: 'moves all',
  changes: [a, b],
  before: { a: 100, b: 0 },
  reversible: true,
  pluginVersion: '1',
  ...change,
});
const drain = step({ step: 'drain', uses: 'haproxy/drain', changes: [weight('server c', 1, 0)] });

describe('planDifference', () => {
  it.each<[what: string, shown: StepPlan[], now: StepPlan[], said: string[]]>([
    ['the same', [step()], [step()], []],
    ['nothing at all', [], [], []],
    ['another summary', [step()], [step({ summary: 'moves everything' })], []],
    ['other orders of keys', [step()], [step({ before: { b: 0, a: 100 } })], []],
    [
      'a change more',
      [step({ changes: [a] })],
      [step()],
      ['step switch: server b weight: now 0 -> 100 (was not in the plan)'],
    ],
    [
      'a change less',
      [step()],
      [step({ changes: [a] })],
      ['step switch: server b weight: no longer in the plan (was 0 -> 100)'],
    ],
    [
      'another from',
      [step()],
      [step({ changes: [a, weight('server b', 50, 100)], before: { a: 100, b: 50 } })],
      ['step switch: server b weight: from 50 to 100, was from 0 to 100'],
    ],
    [
      'another to',
      [step()],
      [step({ changes: [a, weight('server b', 0, { x: ['80'] })] })],
      ['step switch: server b weight: from 0 to {"x":["80"]}, was from 0 to 100'],
    ],
    [
      'another resource',
      [step()],
      [step({ changes: [a, weight('server c', 0, 100)] })],
      [
        'step switch: server c weight: now 0 -> 100 (was not in the plan)',
        'step switch: server b weight: no longer in the plan (was 0 -> 100)',
      ],
    ],
    [
      'a name that is divided otherwise',
      [step({ changes: [{ ...a, resource: 'server', attribute: 'a weight' }] })],
      [step({ changes: [{ ...a, resource: 'server a', attribute: 'weight' }] })],
      [
        'step switch: server a weight: now 100 -> 0 (was not in the plan)',
        'step switch: server a weight: no longer in the plan (was 100 -> 0)',
      ],
    ],
    [
      'another order of changes',
      [step()],
      [step({ changes: [b, a] })],
      ['step switch: the changes are in another order'],
    ],
    [
      'another order of two changes of the same thing',
      [step({ changes: [weight('server a', 100, 50), weight('server a', 50, 0)] })],
      [step({ changes: [weight('server a', 50, 0), weight('server a', 100, 50)] })],
      ['step switch: the changes are in another order'],
    ],
    [
      'the same change twice',
      [step({ changes: [a] })],
      [step({ changes: [a, a] })],
      ['step switch: server a weight: now 100 -> 0 (was not in the plan)'],
    ],
    [
      'another order and another to',
      [step()],
      [step({ changes: [weight('server b', 0, 80), a] })],
      [
        'step switch: server b weight: from 0 to 80, was from 0 to 100',
        'step switch: the changes are in another order',
      ],
    ],
    ['no way back', [step()], [step({ reversible: false })], ['step switch: no longer reversible']],
    ['a way back', [step({ reversible: false })], [step()], ['step switch: is reversible now']],
    ['another version', [step()], [step({ pluginVersion: '2' })], ['step switch: plugin version 2, was 1']],
    [
      'another action',
      [step()],
      [step({ uses: 'nginx/weight' })],
      ['step switch: uses nginx/weight, was haproxy/weight'],
    ],
    [
      'another state before',
      [step()],
      [step({ before: null })],
      ['step switch: the state it would restore has changed'],
    ],
    [
      'another state before and another version',
      [step()],
      [step({ before: null, pluginVersion: '2' })],
      ['step switch: plugin version 2, was 1', 'step switch: the state it would restore has changed'],
    ],
    [
      'a step more',
      [step()],
      [drain, step()],
      [
        'step drain: haproxy/drain (was not in the plan)',
        'step drain: server c weight: now 1 -> 0 (was not in the plan)',
      ],
    ],
    ['a step less', [step(), drain], [step()], ['step drain: no longer in the plan (was haproxy/drain)']],
    ['no steps any more', [step()], [], ['step switch: no longer in the plan (was haproxy/weight)']],
    ['another order of steps', [step(), drain], [drain, step()], ['the steps are in another order']],
  ])('says what is different: %s', (_what, shown, now, said) => expect(planDifference(shown, now)).toEqual(said));

  it('shortens long values to 80 characters, and leaves no half character', () => {
    const said = (to: Json): string =>
      planDifference([step({ changes: [] })], [step({ changes: [weight('r', 0, to)] })])[0]!;
    const value = (to: Json): string => / -> (.*) \(was not in the plan\)$/.exec(said(to))![1]!;
    expect(value('x'.repeat(78))).toBe(`"${'x'.repeat(78)}"`);
    expect(value('x'.repeat(79))).toBe(`"${'x'.repeat(78)}…`);
    expect(value('x'.repeat(5_000))).toHaveLength(80);
    expect(value(`${'x'.repeat(77)}${'🔥'.repeat(9)}`)).toBe(`"${'x'.repeat(77)}…`);
  });

  it('says so when the shortened values look alike', () => {
    const long = 'x'.repeat(100);
    const [said] = planDifference(
      [step({ changes: [weight('r', 0, `${long}1`)] })],
      [step({ changes: [weight('r', 0, `${long}2`)] })],
    );
    expect(said).toMatch(/^step switch: r weight: from 0 to "x+…, was from 0 to "x+… \(the difference lies in a part/);
  });
});

describe('I8: planDifference is empty exactly when the digest is the same', () => {
  const value: fc.Arbitrary<Json> = fc.oneof(
    fc.constantFrom<Json>(0, 1, null, '0', [0], { x: 1, y: 2 }, { y: 2, x: 1 }),
    fc.json({ maxDepth: 2 }).map((text) => {
      const read: Json = JSON.parse(text);
      return read;
    }),
  );
  const change = fc.record({
    resource: fc.constantFrom('r', 's'),
    attribute: fc.constantFrom('a', 's a'),
    from: value,
    to: fc.constantFrom(0, 1),
  });
  const plan = fc.array(
    fc.record(
      {
        step: fc.constantFrom<string>('one', 'two', 'three'),
        uses: fc.constantFrom<string>('p/a', 'p/b'),
        summary: fc.string(),
        changes: fc.array(change, { maxLength: 4 }),
        before: value,
        reversible: fc.boolean(),
        pluginVersion: fc.constantFrom<string>('1', '2'),
        asks: fc.constantFrom<string>('a little may be lost', 'much may be lost'),
      },
      { requiredKeys: ['step', 'uses', 'summary', 'changes', 'before', 'reversible', 'pluginVersion'] },
    ),
    { maxLength: 3 },
  );

  /** The plan as it is, but for one thing; some of these things the digest does not see. */
  const touched = fc
    .tuple(plan, fc.nat(), fc.nat(), fc.integer({ min: 0, max: 12 }), value, change)
    .map(([shown, i, j, how, other, otherChange]): [StepPlan[], StepPlan[]] => {
      const at = i % Math.max(1, shown.length);
      const was = shown[at];
      if (was === undefined) return [shown, []];
      const n = was.changes.length;
      const place = j % (n + 1);
      const changed = was.changes[place];
      const ways: readonly StepPlan[][] = [
        shown.map((one) => ({ ...one, summary: 'other words' })),
        shown.with(at, { ...was, before: other }),
        shown.with(at, { ...was, reversible: !was.reversible }),
        shown.with(at, { ...was, pluginVersion: '3' }),
        shown.with(at, { ...was, asks: 'all may be lost' }),
        shown.with(at, { ...was, uses: 'p/c' }),
        shown.with(at, { ...was, step: 'four' }),
        shown.with(at, { ...was, changes: was.changes.toReversed() }),
        shown.with(at, { ...was, changes: was.changes.toSpliced(place, 1) }),
        shown.with(at, { ...was, changes: was.changes.toSpliced(place, 0, otherChange) }),
        shown.with(at, {
          ...was,
          changes: changed === undefined ? [] : was.changes.with(place, { ...changed, from: other }),
        }),
        shown.toReversed(),
        structuredClone(shown),
      ];
      return [shown, ways[how]!];
    });
  const orders = ['x', 'y', 'z'].map((name): StepOrder => {
    return { name, uses: 'p/a', with: { name }, timeoutMs: 1, attempts: 1, backoffMs: 1 };
  });

  it('for plans that are nearly the same, and for any two', () => {
    let [same, different] = [0, 0];
    const property = fc.property(fc.oneof(touched, fc.tuple(plan, plan)), ([shown, now]) => {
      const equal = planDigest('t', orders, shown) === planDigest('t', orders, now);
      if (equal) same++;
      else different++;
      expect(planDifference(shown, now).length === 0).toBe(equal);
    });
    fc.assert(property, { numRuns: 5_000 });
    expect(Math.min(same, different)).toBeGreaterThan(100);
  });

  it('also for what a change holds beside the four things that everyone has', () => {
    const [shown, now] = [[step({ changes: [a] })], [step({ changes: [Object.assign({ note: 'x' }, a)] })]];
    expect(planDigest('t', orders, now)).not.toBe(planDigest('t', orders, shown));
    expect(planDifference(shown, now)).toEqual([
      'step switch: server a weight: from 100 to 0, was from 100 to 0 (the difference lies in a part that is not shown here)',
    ]);
  });
});
