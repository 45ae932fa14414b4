import { describe, expect, it } from 'vitest';
import { whoMustAgree } from '../core/asking-text.js';
import type { Execution, State } from '../core/execution.js';
import { aPlan, anExecution, someOrders } from '../testing/examples.js';
import { approvalNews } from './approval-news.js';

type Asking = Extract<State, { phase: 'awaiting-approval' }>;

const needing = (required: number, roles: readonly string[], change: Partial<Execution> = {}): Execution =>
  anExecution({ orders: someOrders({ approval: { required, roles, withinMs: 900_000 } }), ...change });

/** The message for a plan that differs from the usual one. */
function textFor(change: Partial<Asking>, execution: Partial<Execution> = {}): string {
  const asked = anExecution(execution);
  const plan = aPlan(asked.orders);
  return approvalNews(asked, {
    phase: 'awaiting-approval',
    plan,
    digest: 'd',
    grants: [],
    expiresAt: 901_000,
    ...change,
  }).text;
}

describe('who must agree is said', () => {
  it.each([
    [1, [], 'one person who may approve'],
    [2, [], '2 people who may approve'],
    [1, ['sre'], 'one person with the role sre'],
    [3, ['sre'], '3 people with the role sre'],
    [1, ['sre', 'sre'], '2 people with the role sre'],
    [1, ['architecture', 'sre', 'business'], '3 people, one for each of the roles architecture, sre, business'],
    [4, ['sre', 'business'], '4 people with one of the roles sre, business, among them one for each'],
  ])('for %i of %j', (required, roles, words) => {
    expect(whoMustAgree(needing(required, roles))).toBe(words);
  });

  it('without whoever asked for it, if that was a person', () => {
    const byHand = needing(1, [], { trigger: 'manual', requestedBy: 'ada' });
    expect(whoMustAgree(byHand)).toBe('one person who may approve; not ada, who asked for it');
  });
});

describe('a request for approval', () => {
  const [step] = aPlan(someOrders());
  if (step === undefined) throw new Error('the plan is empty');

  it('names the highest risk, and says so when nobody rated it', () => {
    const plan = [
      { ...step, risk: 'low' },
      { ...step, risk: 'high' },
      { ...step, risk: 'medium' },
    ] as const;
    expect(textFor({ plan })).toContain('Risk: high.');
    expect(textFor({})).toContain('Risk: not rated.');
  });

  it('shows how the centre that takes over was chosen, before what would be done', () => {
    const parts = { region: 0.4, vendor: 0, health: 0.18, load: 0 };
    const choice = {
      insteadOf: 'a',
      chosen: 'b',
      at: 0,
      candidates: [
        { center: 'b', score: 0.58, parts, health: 0.9, latencyMs: 3.2 },
        { center: 'c', parts, ruledOut: 'out of service (e1)' },
      ],
    };
    expect(textFor({}, { orders: someOrders({ choice }) })).toContain(
      [
        'b was chosen among all centres to take over from a:',
        '- b scores 0.58: region 0.40, vendor 0, health 0.18 (measured 0.9), load 0 (not measured), 3.2 ms away',
        '- c is ruled out: out of service (e1)',
        'What it would do:',
      ].join('\n'),
    );
    expect(textFor({})).not.toContain('chosen');
  });

  it('says what an approver should know besides', () => {
    expect(textFor({ plan: [{ ...step, facts: { 'estimated data loss': '0 B' } }] })).toContain(
      'estimated data loss: 0 B',
    );
  });

  it('says why it is asked', () => {
    const text = textFor({}, { reason: 'storm evict|: 6 targets' });
    expect(text).toMatch(/^Reason: storm evict\|: 6 targets\.\n/);
  });

  it('I8: says first of all why the plan asks for a person, and that the runbook does not', () => {
    const asking = [step, { ...step, step: 'promote', asks: 'up to 3 s of writes may be lost' }];
    const lowered = { from: 'auto', to: 'approve', why: 'asks', detail: '' } as const;
    expect(textFor({ plan: asking }, { reason: 'a test', lowered })).toMatch(
      /^A person must decide:\n- promote: up to 3 s of writes may be lost\nReason: a test\.\nAsked although the runbook says auto: the plan asks for it, as said above\.\n/,
    );
  });

  it('says what comes when nobody decides', () => {
    const orders = someOrders({ escalate: 'next', approval: { required: 1, withinMs: 900_000, onExpiry: 'escalate' } });
    expect(textFor({}, { orders })).toContain('then it is closed and nothing is changed, and next comes next.');
  });

  it('takes steps back from the last to the first', () => {
    const back = textFor({ plan: [step, { ...step, changes: [{ resource: 'y', attribute: 'z', from: 1, to: 2 }] }] });
    expect(back).toContain('Taking it back would do:\n- y z: 2 -> 1\n- switch value: "b" -> "a"');
  });

  it('I15: stays short, however much would change', () => {
    const changes = Array.from({ length: 5_000 }, (_, i) => ({
      resource: `r${i}`,
      attribute: 'a',
      from: 'x'.repeat(10_000),
      to: 'y',
    }));
    const text = textFor({ plan: [{ ...step, changes }], changed: changes.map(({ resource }) => resource) });
    expect(text.length).toBeLessThan(10_000);
    expect(text).toContain('... and 4981 more lines: follow the link');
  });
});
