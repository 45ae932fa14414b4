import type { Alert } from '../../src/core/alert.js';
import type { Claim } from '../../src/core/claim.js';
import { pauseScopes } from '../../src/core/claims-of.js';
import type { Orders } from '../../src/core/orders.js';
import type { ServingRule } from '../../src/core/governor.js';
import { someOrders } from '../../src/testing/examples.js';
import { CENTERS, RUNBOOKS, type Wanted, type Wish } from './store-commands.js';

const RULES: readonly ServingRule[] = [
  { name: 'one', minServing: 1, among: Object.fromEntries(CENTERS.map((center) => [center, 1])) },
  { name: 'half', minCapacity: 3, among: { a: 2, b: 2, c: 1 } },
  { name: 'calm', antiFlapMs: 600_000, among: { a: 2, b: 2 } },
];

/** Names the storm of a runbook. */
export function stormKey(runbook = ''): string {
  return `${runbook}|`;
}

/** Gives the orders of a wish. */
export function ordersOf({ kind, out, in: into }: Wish): Orders {
  const limits = { everyMs: 1_000, healthy: 1, unhealthy: 1, unknown: 1, withinMs: 60_000 };
  const serving: Claim = {
    kind: 'serving',
    out,
    ...(into === undefined ? {} : { in: into }),
    rules: RULES,
    look: false,
  };
  const guards = [{ name: 'errors', probe: 'pretend/state', with: {} }];
  return someOrders({
    claims: [serving],
    ...(kind === 'plain' ? {} : { verify: { probe: 'pretend/state', with: {}, limits, guards } }),
    ...(kind === 'leased' ? { leaseMs: 1 } : {}),
  });
}

/** Gives a claim of a wish. */
export function claimOf({ kind, limit, windowMs, flag }: Wanted, wish: Wish, alert?: Alert): Claim {
  const { runbook, target, out, in: into } = wish;
  const fingerprint = alert?.fingerprint ?? 'none';
  switch (kind) {
    case 'episode':
      return { kind, fingerprint, runbook, startsAt: alert?.startsAt ?? 1_000 };
    case 'exclusive':
      return { kind, target };
    case 'interval':
      return { kind, target, ms: windowMs, ...(flag ? { except: ['e1', 'e3'] } : {}) };
    case 'budget':
      return { kind, guard: flag ? 'rate' : 'change-budget', key: runbook, limit, windowMs };
    case 'unpaused':
      return { kind, scopes: pauseScopes(runbook, ['pretend'], target) };
    case 'storm':
      return { kind, key: stormKey(runbook), target, most: limit, windowMs, calmMs: flag ? 600_000 : windowMs };
    case 'calm':
      return { kind, key: stormKey(runbook) };
    case 'refires':
      return { kind, target, fingerprint, limit, windowMs };
    case 'opposite': {
      const [does, undoes] = runbook === RUNBOOKS[0] ? ['up', 'down'] : ['down', 'up'];
      return { kind, target, does: [does ?? '', `${limit}`], undoes: [undoes ?? '', 'x'], windowMs, refuse: flag };
    }
    case 'compatible':
      return { kind, plugins: ['pretend'], opponents: limit > 1 ? ['mail', 'pretend'] : [], look: flag };
    case 'serving':
      return {
        kind,
        out,
        ...(into === undefined ? {} : { in: into }),
        ...(limit > 2 ? { serves: true } : {}),
        ...(limit > 1 ? { except: ['e1', 'e3'] } : {}),
        rules: RULES,
        look: flag,
      };
  }
}
