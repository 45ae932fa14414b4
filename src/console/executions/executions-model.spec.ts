import { describe, expect, it } from 'vitest';
import { anAlert, anExecution } from '../../testing/examples.js';
import { executionsModel, type ExecutionsMaterial } from './executions-model.js';

const model = (change: Partial<ExecutionsMaterial> = {}) =>
  executionsModel({ filter: { limit: 50 }, page: { items: [] }, runbooks: [], ...change });

describe('the list of executions', () => {
  it('shows where an open one stands, and how a closed one ended and how long it took', () => {
    const open = anExecution({ id: 'a', alert: anAlert() });
    const state = { phase: 'closed', outcome: 'failed', detail: 'no', plan: [] } as const;
    const closed = anExecution({ id: 'b', state, closedAt: 4_000, requestedBy: 'ann' });
    expect(model({ page: { items: [open, closed] } }).executions).toMatchObject([
      { id: 'a', is: 'planning', tookMs: null, because: 'CenterDown' },
      { id: 'b', is: 'failed', tookMs: 3_000, because: 'asked by ann' },
    ]);
  });

  it('keeps what was asked for on the way to older ones, and leaves the place behind on the way back', () => {
    const filter = { limit: 50, phase: 'held', target: 'a&b=c', cursor: '5:x' } as const;
    const { older, newest, isFirst } = model({ filter, page: { items: [], cursor: '7:y' } });
    expect([older, newest, isFirst]).toEqual([
      '/executions?phase=held&target=a%26b%3Dc&cursor=7%3Ay',
      '/executions?phase=held&target=a%26b%3Dc',
      false,
    ]);
  });

  it('has a plain address for what is usual', () => {
    expect(model()).toMatchObject({ newest: '/executions', older: '', isFirst: true, isFiltered: false });
    expect(model({ filter: { limit: 100 } }).newest).toBe('/executions?limit=100');
  });

  it('marks what was chosen', () => {
    const { phases, outcomes } = model({ filter: { limit: 50, phase: 'held', outcome: 'failed' } });
    expect(phases.filter(({ chosen }) => chosen)).toEqual([{ value: 'held', title: 'held', chosen: true }]);
    expect(outcomes.filter(({ chosen }) => chosen)).toEqual([{ value: 'failed', title: 'failed', chosen: true }]);
  });

  it('says how many there are', () => {
    const items = [anExecution()];
    expect(model({ page: { items } }).status).toBe('1 execution, newest first');
    expect(
      model({ filter: { limit: 50, runbook: 'x' }, page: { items: [...items, ...items], cursor: 'c' } }).status,
    ).toBe('2 executions that fit, newest first; there are older ones');
  });

  it('S8: cuts a name of ten kilobytes', () => {
    const alert = anAlert({ labels: { alertname: 'x'.repeat(10_000) } });
    expect(model({ page: { items: [anExecution({ alert })] } }).executions[0]?.because).toHaveLength(200);
  });
});
