import fc from 'fast-check';
import { expect } from 'vitest';
import { DEFAULT_GOVERNOR } from '../../../src/core/governor.js';
import type { Given, Made, SmallFirebreak } from '../small-firebreak.js';

const MINUTE = 60_000;

const runbook = (name: string, mode: string, guards: string): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Fix it, owner: team-test }
spec:
  match: ['service=~"shop|pay|cart"', 'by=~".*${name}.*"']
  target: 'cache/{{labels.service}}'
  mode: ${mode}
  guards: { ${guards} }
  steps: [{ name: set, uses: pretend/set, with: { name: '{{labels.service}}', value: '{{labels.zone}}' } }]
`;

/** Two runbooks that get in each other's way. */
export const MADE: Made = {
  runbooks: {
    careful: runbook('careful', 'approve', 'cooldown: 2m, maxAlertAge: 10m'),
    quick: runbook(
      'quick',
      'auto',
      'cooldown: 0s, rate: { limit: 1, per: 10m }, storm: { distinctTargets: 2, per: 2m, calm: 2m }',
    ),
  },
  governor: { ...DEFAULT_GOVERNOR, conflicts: [['pretend', 'pretend']] },
};

/** Something that happens to a small Firebreak. */
export type Step =
  | { readonly do: 'post'; readonly alerts: readonly Sent[] }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'pause'; readonly scope: string }
  | { readonly do: 'lift' }
  | { readonly do: 'lose' };

/** An alert of a payload. */
export interface Sent {
  readonly service: string;
  readonly by: string;
  readonly zone: string;
  /** Minutes before now. */
  readonly began: number;
  readonly ended: number | undefined;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  service: fc.constantFrom('shop', 'shop', 'pay', 'cart', 'other'),
  by: fc.constantFrom('quick', 'careful', 'quick,careful'),
  zone: fc.constantFrom('', 'a', 'b'),
  began: fc.constantFrom(0, 0, 1, 5, 30),
  ended: fc.constantFrom(undefined, undefined, 0, 1),
});

/** The alerts of one payload, each of them once. */
export const payloads: fc.Arbitrary<Sent[]> = fc.uniqueArray(sent, {
  selector: ({ service, by, zone }) => [service, by, zone].join(),
  maxLength: 5,
});

/** Anything that may happen. */
export const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('post'), alerts: fc.oneof(payloads, fc.array(sent, { maxLength: 5 })) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.constantFrom(1, MINUTE, 11 * MINUTE) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pause'), scope: fc.constantFrom('all', 'runbook:quick') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lift') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose') }) },
);

/** Writes an alert of a payload. */
export function given({ service, by, zone, began, ended }: Sent, now: number): Given {
  const times = { startsAt: now - began * MINUTE, ...(ended === undefined ? {} : { endsAt: now - ended * MINUTE }) };
  return { labels: { alertname: 'CacheStale', service, by, zone }, ...times };
}

/** Does one thing; gives how many alerts were acknowledged. */
export async function take(step: Step, small: SmallFirebreak, store = { lost: false }): Promise<number> {
  const { world, post } = small;
  const now = world.clock.now();
  switch (step.do) {
    case 'post': {
      const received = await post(...step.alerts.map((one) => given(one, now))).catch(() => undefined);
      store.lost = false;
      for (const { decisions } of received?.alerts ?? []) expect(decisions.length).toBeGreaterThan(0);
      return received?.alerts.length ?? 0;
    }
    case 'pass':
      await world.pass(step.ms);
      return 0;
    case 'pause':
      await world.store.addPause({ id: 'p1', scope: step.scope, reason: 'a test', by: 'ann', at: now });
      return 0;
    case 'lift':
      await world.store.liftPause('p1', { by: 'ada' });
      return 0;
    case 'lose':
      store.lost = true;
      return 0;
  }
}
