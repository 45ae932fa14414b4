import { describe, expect, it } from 'vitest';
import { anExecution, aPlan, someOrders } from '../testing/examples.js';
import type { Execution, Grant } from './execution.js';
import { evolve } from './evolve.js';

const orders = someOrders({ approval: { required: 2, withinMs: 900_000 } });

function waiting(change: Partial<Execution>, grants: readonly Grant[] = []): Execution {
  const state = { phase: 'awaiting-approval', plan: aPlan(orders), digest: 'd', grants, expiresAt: 900_000 } as const;
  return anExecution({ orders, state, ...change });
}

const agree = (execution: Execution, by: string, account: string, lapsed: readonly string[] = []) =>
  evolve(execution, { type: 'approved', by, account, digest: 'd', lapsed }, 2_000);

describe('S15: one account is one person, whatever it is called', () => {
  it('when it asked', () => {
    const asked = waiting({ requestedBy: 'ann', requestedAccount: 'token:laptop' });
    expect(agree(asked, 'laptop', 'token:laptop')).toMatchObject({ ok: false, because: 'own-request' });
    expect(agree(asked, 'bob', 'token:bob')).toMatchObject({ ok: true });
  });

  it('when it has agreed already', () => {
    const grant: Grant = { by: 'ann', account: 'token:laptop', digest: 'd', at: 1_500 };
    expect(agree(waiting({}, [grant]), 'laptop', 'token:laptop')).toMatchObject({ ok: false, because: 'already' });
  });

  it('and counts anew when what it was called has no say any more', () => {
    const grant: Grant = { by: 'ann', account: 'token:laptop', digest: 'd', at: 1_500 };
    const again = agree(waiting({}, [grant]), 'laptop', 'token:laptop', ['ann']);
    expect(again).toMatchObject({ ok: true, next: { state: { grants: [{ by: 'laptop' }] } } });
  });

  it('but nobody is the same for an account that older versions have not kept', () => {
    const grant: Grant = { by: 'ann', digest: 'd', at: 1_500 };
    expect(agree(waiting({}, [grant]), 'bob', 'token:bob')).toMatchObject({
      ok: true,
      next: { state: { agreed: {} } },
    });
  });
});
