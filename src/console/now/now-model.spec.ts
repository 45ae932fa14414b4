import { describe, expect, it } from 'vitest';
import { LOCAL } from '../../access/person.js';
import type { Execution, Phase, State } from '../../core/execution.js';
import { aPlan, anAlert, anExecution, someOrders } from '../../testing/examples.js';
import { MOST_SHOWN, nowModel, type NowMaterial } from './now-model.js';
import { sampleAlert } from './sample-alert.js';

const NOW = 1_000_000;
const orders = someOrders({ approval: { required: 2, withinMs: 900_000 } });
const plan = aPlan(orders);

const STATES: { readonly [phase in Exclude<Phase, 'closed'>]: State } = {
  planning: { phase: 'planning', attempt: 1, notBefore: 0 },
  'awaiting-approval': {
    phase: 'awaiting-approval',
    plan,
    digest: 'd',
    grants: [{ by: 'ann', digest: 'd', at: 1 }],
    expiresAt: NOW + 60_000,
  },
  applying: {
    phase: 'applying',
    plan,
    step: 0,
    attempt: 0,
    notBefore: 0,
    effect: { is: 'none' },
  },
  verifying: { phase: 'verifying', plan, nextAt: 0, deadline: 0 },
  holding: { phase: 'holding', plan, leaseUntil: NOW + 5 },
  reverting: { phase: 'reverting', plan, next: 0, attempt: 0, notBefore: 0, cause: 'asked', detail: 'asked by ann' },
  held: { phase: 'held', plan, cause: 'nobody knows', since: 5, resume: { at: 'step', step: 0 } },
};
const NAMES: readonly (keyof typeof STATES)[] = [
  'planning',
  'awaiting-approval',
  'applying',
  'verifying',
  'holding',
  'reverting',
  'held',
];

const one = (phase: keyof typeof STATES, change: Partial<Execution> = {}): Execution =>
  anExecution({ id: phase, mode: 'approve', orders, state: STATES[phase], ...change });

function material(change: Partial<NowMaterial> = {}): NowMaterial {
  return {
    now: NOW,
    person: LOCAL,
    open: new Map(NAMES.map((phase) => [phase, [one(phase)]])),
    counts: new Map(NAMES.map((phase) => [phase, 1])),
    taken: new Map(),
    closed: [],
    pauses: [],
    storms: [],
    loop: [],
    titleOf: () => undefined,
    sample: '',
    ...change,
  };
}
const nothing = { open: new Map(), counts: new Map() };

describe('Now', () => {
  it('counts in one line what goes on, and in the title what waits for a person', () => {
    const { summary, wanted } = nowModel(material());
    expect([summary, wanted]).toEqual([
      '1 waits for approval, 1 is held for a person, 4 run, 1 is in force under a lease.',
      2,
    ]);
    expect(nowModel(material(nothing))).toMatchObject({
      summary: 'Nothing goes on, and nothing waits for you.',
      wanted: 0,
      quiet: true,
    });
  });

  it('says who must agree and until when, and leads to the plan only whoever may decide', () => {
    const { waiting } = nowModel(material());
    expect(waiting.items).toMatchObject([
      { missing: '1 of 2 approvals', agreedBy: 'ann', expiresAt: NOW + 60_000, does: ['set switch'], mayApprove: true },
    ]);
    const viewer = { ...LOCAL, grants: [{ role: 'viewer' as const, runbooks: ['*'], targets: ['*'] }] };
    expect(nowModel(material({ person: viewer })).waiting.items[0]?.mayApprove).toBe(false);
  });

  it('shows at most fifty of each, and says how many more there are', () => {
    const many = Array.from({ length: 50 }, (_, i) => one('held', { id: `h${i}` }));
    const { held } = nowModel(material({ open: new Map([['held', many]]), counts: new Map([['held', 1_234]]) }));
    expect([held.items.length, held.total, held.more]).toEqual([MOST_SHOWN, 1_234, 1_184]);
    const pauses = Array.from({ length: 60 }, (_, i) => ({ id: `p${i}`, scope: 'all', reason: 'r', by: 'ann', at: 1 }));
    expect(nowModel(material({ pauses })).pauses).toMatchObject({ more: 10 });
  });

  it('says what is not well first, and every part of the loop below', () => {
    const { troubles, loop } = nowModel(
      material({
        loop: [
          { part: 'workers', is: 'broken', says: 'No worker.' },
          { part: 'alerts', is: 'well', says: 'None.' },
        ],
      }),
    );
    expect(troubles).toEqual([{ tone: 'bad', says: 'No worker.' }]);
    expect(loop.map(({ part, tone }) => [part, tone])).toEqual([
      ['workers', 'bad'],
      ['alerts', 'good'],
    ]);
  });

  it('names a runbook that is gone by its name, and an execution of no alert without a severity', () => {
    expect(nowModel(material()).held.items[0]).toMatchObject({ title: 'cut-over', severity: '' });
    const alert = anAlert({ labels: { alertname: 'x', severity: 'page' } });
    const open = new Map([['held' as const, [one('held', { alert })]]]);
    expect(nowModel(material({ open, titleOf: () => 'Cut over' })).held.items[0]).toMatchObject({
      title: 'Cut over',
      severity: 'page',
    });
  });
});

describe('the sample alert', () => {
  it('asks for a token only where one is needed', () => {
    expect(sampleAlert('http://localhost:9700', false)).not.toContain('authorization');
    expect(sampleAlert('http://localhost:9700', true)).toContain('authorization: Bearer $FIREBREAK_TOKEN');
  });
});
