import { describe, expect, it } from 'vitest';
import { MemoryExecutionStore } from '../engine/memory-execution-store.js';
import { anExecution } from '../testing/examples.js';
import { presentExecutions } from './present-executions.js';

describe('the executions that metrics name', () => {
  it('I15: are looked up in a few hundred records, however many are open', async () => {
    const store = new MemoryExecutionStore(() => 1_000);
    let read = 0;
    for (let i = 0; i < 10_000; i++) await store.open(anExecution({ id: `e${i}`, target: `t${i}` }), []);
    const watched: Parameters<typeof presentExecutions>[0] = {
      countOpen: () => store.countOpen(),
      revertible: (limit) => store.revertible(limit),
      list: (filter) => {
        read += filter.limit;
        return store.list(filter);
      },
    };
    const { awaitingApproval, running, revertible } = await presentExecutions(watched, 100);
    expect(awaitingApproval).toEqual({ items: [], total: 0 });
    expect(running.items.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, i) => `e${9_999 - i}`));
    expect(running.total).toBe(10_000);
    expect(revertible).toEqual({ items: [], total: 0 });
    expect(read).toBeLessThanOrEqual(200);
  });

  it('are first those that need a person or change something now', async () => {
    const store = new MemoryExecutionStore(() => 1_000);
    const awaiting = { phase: 'awaiting-approval', plan: [], digest: 'd', grants: [], expiresAt: 9_000 } as const;
    const held = { phase: 'held', plan: [], cause: 'c', since: 1_000, resume: { at: 'verify' } } as const;
    const holding = { phase: 'holding', plan: [], leaseUntil: 9_000 } as const;
    const states = { waits: awaiting, stuck: held, leased: holding } as const;
    for (const [id, state] of Object.entries(states)) await store.open(anExecution({ id, target: id, state }), []);
    await store.open(anExecution({ id: 'new', target: 'new' }), []);
    const named = async (most: number) => (await presentExecutions(store, most)).running.items.map(({ id }) => id);
    expect(await named(10)).toEqual(['stuck', 'waits', 'new', 'leased']);
    expect(await named(2)).toEqual(['stuck', 'waits']);
    expect((await presentExecutions(store, 2)).running.total).toBe(4);
  });

  it('does not wait for people any more once enough of them agree', async () => {
    const store = new MemoryExecutionStore(() => 1_000);
    const awaiting = { phase: 'awaiting-approval', plan: [], digest: 'd', grants: [], expiresAt: 9_000 } as const;
    const agreed = { ...awaiting, agreed: { attempt: 1, notBefore: 1_000 } };
    for (const [id, state] of Object.entries({ waits: awaiting, agreed }))
      await store.open(anExecution({ id, target: id, state }), []);
    const { awaitingApproval, running } = await presentExecutions(store, 10);
    expect(awaitingApproval.items.map(({ id }) => id)).toEqual(['waits']);
    expect(awaitingApproval.total).toBe(1);
    expect(running.items).toHaveLength(2);
  });
});
