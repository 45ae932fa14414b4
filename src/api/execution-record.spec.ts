import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { labelsFrom } from '../core/alert.js';
import type { JournalEntry } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import type { StepPlan } from '../core/step-plan.js';
import { redactor } from '../plugin-host/redact.js';
import { aPlan, anAlert, anExecution, someOrders } from '../testing/examples.js';
import { executionRecord } from './execution-record.js';

const START = Date.UTC(2026, 10, 1, 12);
const orders = someOrders({
  steps: ['drain', 'switch'].map((name) => ({
    name,
    uses: 'pretend/set',
    with: { password: 'planted-canary' },
    timeoutMs: 1_000,
    attempts: 3,
    backoffMs: 0,
  })),
  approval: { required: 2, withinMs: 900_000, roles: ['architecture', 'sre'] },
});
const plan: StepPlan[] = aPlan(orders).map((step, i) => ({
  ...step,
  before: { token: 'planted-canary' },
  risk: 'high',
  ...(i === 1 ? { facts: { 'estimated data loss': '4 s' } } : { reversible: false }),
}));
const grant = { digest: 'd1', roles: ['approver', 'sre'] };
const execution: Execution = anExecution({
  id: 'x1',
  orders,
  mode: 'approve',
  alert: anAlert({
    labels: { alertname: 'CenterDown', shift: 'no', port: '8080', at: '12:30:00', day: '2026-11-01' },
    annotations: labelsFrom({ summary: 'line one\nline two: - "x"', key: 'planted-canary' }),
    startsAt: START,
  }),
  state: { phase: 'closed', outcome: 'succeeded', detail: 'applied and verified: 0.99', plan },
  steps: orders.steps.map(({ name, uses }) => ({
    name,
    uses,
    state: 'applied',
    attempts: 1,
    startedAt: START + 2_000,
  })),
  samples: [
    {
      at: START + 5_000,
      status: 'healthy',
      value: 0.99,
      detail: '0.99',
      guards: [{ name: 'errors', at: START + 5_000, status: 'healthy', detail: '0' }],
    },
  ],
  baseline: [{ name: 'errors', at: START, status: 'healthy', detail: '0' }],
  verdict: 'healthy',
  closedAt: START + 5_000,
  timeline: { startsAt: START, receivedAt: START, openedAt: START, verifiedAt: START + 5_000 },
});
const journal: JournalEntry[] = [
  { seq: 1, at: START, event: { type: 'opened', execution } },
  { seq: 2, at: START, event: { type: 'planned', plan, digest: 'd0' } },
  { seq: 3, at: START, event: { type: 'approved', by: 'tom', digest: 'd0' } },
  { seq: 4, at: START, event: { type: 'planned', plan, digest: 'd1' } },
  { seq: 5, at: START, event: { type: 'approved', by: 'ann', ...grant, reason: 'yes' } },
  { seq: 6, at: START + 1_000, event: { type: 'approved', by: 'bob', ...grant, lapsed: ['ann'] } },
  {
    seq: 7,
    at: START + 1_000,
    event: { type: 'approved', by: 'eve', digest: 'd1', roles: ['architecture'], reason: '1e3' },
  },
  { seq: 8, at: START + 2_000, event: { type: 'applied', step: 0, key: 'k', epoch: 1 } },
  { seq: 9, at: START + 5_000, event: { type: 'sampled', sample: { at: START, status: 'healthy', detail: '0.99' } } },
];
const record = (): string => executionRecord(execution, journal, redactor(['planted-canary']));

const golden = new URL('../../test/fixtures/execution-record.yaml', import.meta.url);

describe('the record of an execution', () => {
  it('is the same text each time, ready to be committed', () => {
    expect(record()).toBe(readFileSync(golden, 'utf8'));
    expect(record()).toBe(record());
  });

  it('can be read back, and a text stays a text also for older readers', () => {
    for (const version of ['1.1', '1.2'] as const) {
      expect(parse(record(), { version })).toMatchObject({
        apiVersion: 'firebreak/v1',
        kind: 'ExecutionRecord',
        alert: {
          labels: { alertname: 'CenterDown', shift: 'no', port: '8080', at: '12:30:00', day: '2026-11-01' },
          annotations: { summary: 'line one\nline two: - "x"' },
        },
        approval: { grants: [{ by: 'bob' }, { by: 'eve', reason: '1e3', at: '2026-11-01T12:00:01.000Z' }] },
      });
    }
  });

  it('has what was measured after each step with that step, and why a plan asked for a person', () => {
    const sample = { at: START + 3_000, status: 'healthy', detail: '0.99' } as const;
    const verification = { startedAt: START + 2_500, finishedAt: START + 3_000, samples: [sample] };
    const before = { name: 'errors', step: 'drain', at: START, status: 'healthy', detail: '0' } as const;
    const staged: Execution = {
      ...execution,
      state: {
        phase: 'closed',
        outcome: 'succeeded',
        detail: '',
        plan: plan.map((one) => ({ ...one, asks: 'it may be lost' })),
      },
      steps: execution.steps.map((step, i) =>
        i === 0 ? { ...step, verification: { ...verification, verdict: 'healthy' } } : step,
      ),
      baseline: [...(execution.baseline ?? []), before],
    };
    const read = parse(executionRecord(staged, journal, (text) => text));
    expect(read.plan.steps[0].asks).toBe('it may be lost');
    expect(read.steps[0].verification).toEqual({
      startedAt: '2026-11-01T12:00:02.500Z',
      finishedAt: '2026-11-01T12:00:03.000Z',
      verdict: 'healthy',
      baseline: [{ ...before, at: '2026-11-01T12:00:00.000Z' }],
      samples: [{ ...sample, at: '2026-11-01T12:00:03.000Z' }],
    });
    expect(read.steps[1]).not.toHaveProperty('verification');
    expect(read.verification.baseline).toHaveLength(1);
  });

  it('S18: holds no secret, no parameters, and nothing of what was there before', () => {
    const text = record();
    expect(text).not.toContain('planted-canary');
    expect(text).not.toMatch(/\b(password|token|before)\b/);
  });

  it('I6: takes back in reverse order, and says what cannot be taken back', () => {
    expect(parse(record()).revertPlan).toEqual({
      command: 'firebreak revert x1 --reason "<why>"',
      steps: [
        {
          name: 'switch',
          uses: 'pretend/set',
          state: 'applied',
          changes: [{ resource: 'switch', attribute: 'value', from: 'b', to: 'a' }],
        },
        { name: 'drain', uses: 'pretend/set', state: 'applied', changes: 'cannot be taken back' },
      ],
    });
  });

  it('S5: takes labels as data, whatever they are', () => {
    const labels = { alertname: '*x', __proto__x: '&a', 'a: b': '!!js/function', '<<': 'x', c: '#', d: '\u0000\u202e' };
    const odd = { ...execution, alert: anAlert({ labels }) };
    expect(parse(executionRecord(odd, [], (text) => text)).alert.labels).toEqual(labels);
  });

  it('of one that has no plan yet is a record, too', () => {
    const young = anExecution();
    expect(parse(executionRecord(young, [], (text) => text))).toMatchObject({
      plan: { steps: [] },
      approval: { required: 0, grants: [] },
      outcome: { phase: 'planning' },
      revertPlan: { steps: [] },
    });
  });
});
