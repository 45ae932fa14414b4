import type { Suppression } from '../../src/core/claim.js';
import { DEFAULT_GOVERNOR } from '../../src/core/governor.js';
import type { DecisionRecord } from '../../src/engine/execution-store.js';
import type { Given, Made, SmallFirebreak } from './small-firebreak.js';

/** How long a story waits before it goes on. */
export const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A runbook as an operator writes it; a brake that the story is not about is off. */
export const runbook = ({
  name = 'fix',
  match = `['severity="critical"']`,
  target = 'cache/{{labels.service}}',
  mode = 'auto',
  guards = '',
  value = 'fixed',
  more = '',
} = {}): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Fix it, owner: team-test }
spec:
  match: ${match}
  target: '${target}'
  mode: ${mode}
  guards: { ${guards.includes('cooldown') ? '' : 'cooldown: 0s, '}${guards.includes('storm') ? '' : 'storm: off, '}${guards} }
  steps: [{ name: set, uses: pretend/set, with: { name: '{{alert.fingerprint}}', value: '${value}' } }]
${more}`;

const CENTERS = `
apiVersion: firebreak/v1
kind: Topology
regions: { eu: {} }
centers:
  a: { region: eu, vendor: x, role: active, capacity: 1 }
  b: { region: eu, vendor: x, role: active, capacity: 1 }
assertions: [{ name: one-serves, minServing: 1 }]
`;

/** Labels of two alerts. */
export const SHOP = { severity: 'critical', service: 'shop', cluster: 'eu' };
export const PAY = { severity: 'critical', service: 'pay', cluster: 'eu' };

/** One way to a reason: what there is, what happened before, and the alert about which nothing is done. */
export interface Story extends Made {
  readonly before?: (small: SmallFirebreak) => Promise<unknown>;
  readonly alert: Given;
  /** With its numbers; ids are left out. */
  readonly detail: string;
  readonly decision?: DecisionRecord['decision'];
  /** What must be different for the alert to be answered, where it is not what happened before. */
  readonly otherwise?: Partial<Pick<Story, 'runbooks' | 'alert'>>;
}

/** Sends an alert, and lets what it opens come to its end. */
const handled =
  (alert: Given, ms = MINUTE) =>
  async ({ post, world }: SmallFirebreak) => {
    await post(alert);
    await world.pass(ms);
  };

const { changeBudget: _budget, ...NO_BUDGET } = DEFAULT_GOVERNOR;
const VERIFYING = `  verify: { probe: pretend/state, with: {}, every: 1m, healthy: 10, within: 20m }`;

const at = (time: string): number => Date.parse(`2026-11-01T${time}Z`);

/** Every reason for doing nothing, from files and a webhook; the record makes the compiler find a missing one. */
export const STORIES = {
  'no-runbook': {
    runbooks: { fix: runbook() },
    alert: { labels: { ...SHOP, severity: 'info' } },
    decision: 'noted',
    detail: 'no runbook matches: fix: severity="info" does not satisfy severity="critical"',
    otherwise: { alert: { labels: SHOP } },
  },
  'too-old': {
    runbooks: { fix: runbook({ guards: 'maxAlertAge: 1h' }) },
    alert: { labels: SHOP, startsAt: at('09:30:00') },
    detail: 'the alert is 2 h 30 min old, at most 1 h is acted on',
    otherwise: { alert: { labels: SHOP, startsAt: at('11:30:00') } },
  },
  'outside-window': {
    runbooks: { fix: runbook({ guards: `windows: { only: ['Mon-Fri 08:00-18:00 Asia/Shanghai'] }` }) },
    alert: { labels: SHOP },
    detail: 'outside of "Mon-Fri 08:00-18:00 Asia/Shanghai": it is Sun 20:00 there',
    otherwise: { runbooks: { fix: runbook({ guards: `windows: { only: ['Sat,Sun Asia/Shanghai'] }` }) } },
  },
  'template-missing': {
    runbooks: { fix: runbook({ target: 'cache/all-of-it', value: '{{labels.zone}}' }) },
    alert: { labels: SHOP },
    detail: 'step set: labels.zone is missing',
    otherwise: { alert: { labels: { ...SHOP, zone: 'z' } } },
  },
  'no-target': {
    runbooks: { fix: runbook() },
    alert: { labels: { severity: 'critical' } },
    detail: 'labels.service is missing',
    otherwise: { alert: { labels: SHOP } },
  },
  stale: {
    runbooks: { fix: runbook({ guards: 'maxAlertAge: 1d' }) },
    before: ({ post }) => post({ labels: SHOP, startsAt: at('11:00:00'), endsAt: at('11:30:00') }),
    alert: { labels: SHOP, startsAt: at('11:00:00') },
    detail: 'old news: this alert is known to have resolved at 2026-11-01T11:30:00.000Z',
  },
  duplicate: {
    runbooks: { fix: runbook() },
    before: handled({ labels: SHOP }),
    alert: { labels: SHOP, startsAt: at('12:00:00') },
    detail: 'this incident is answered already by <id>',
  },
  paused: {
    runbooks: { fix: runbook() },
    before: ({ world }) =>
      world.store.addPause({ id: 'p1', scope: 'target:cache/*', reason: 'moving house', by: 'ann', at: 0 }),
    alert: { labels: SHOP },
    detail: 'paused (target:cache/*): moving house',
  },
  storm: {
    runbooks: { fix: runbook({ guards: 'storm: { distinctTargets: 2, per: 10m, calm: 10m, by: cluster }' }) },
    before: async ({ post }) => {
      await post({ labels: SHOP });
      await post({ labels: PAY });
    },
    alert: { labels: { ...SHOP, service: 'cart' } },
    detail: '3 targets are in trouble (cluster=eu of fix); calm in 10 min if no more are hit',
  },
  loop: {
    runbooks: { fix: runbook() },
    before: async ({ post, world }) => {
      for (let i = 0; i < 3; i++) {
        await post({ labels: SHOP });
        await world.pass(MINUTE);
        await post({ labels: SHOP, startsAt: world.clock.now() - MINUTE, endsAt: world.clock.now() });
        await world.pass(MINUTE);
      }
    },
    alert: { labels: SHOP },
    detail: 'the target is frozen (loop-c584dfc12aa0): the alert came back 3 times after it was answered, last by <id>',
  },
  'target-busy': {
    runbooks: { fix: runbook({ mode: 'approve' }) },
    before: handled({ labels: SHOP }),
    alert: { labels: { ...SHOP, alertname: 'Another' } },
    detail: 'the target is held by <id>',
  },
  cooldown: {
    runbooks: { fix: runbook({ guards: 'cooldown: 10m' }) },
    before: handled({ labels: SHOP }, 4 * MINUTE),
    alert: { labels: { ...SHOP, alertname: 'Another' } },
    detail: '6 min left since <id>',
  },
  rate: {
    runbooks: { fix: runbook({ guards: 'rate: { limit: 1, per: 1h }' }) },
    before: handled({ labels: SHOP }),
    alert: { labels: PAY },
    detail: 'budget fix: 1 of 1 used by <id>, the next is free in 59 min',
  },
  'blast-radius': {
    runbooks: { fix: runbook({ guards: 'blastRadius: { by: cluster, limit: 1, per: 30m }', mode: 'approve' }) },
    before: handled({ labels: SHOP }),
    alert: { labels: PAY },
    detail: 'budget cluster=eu of fix: 1 of 1 used by <id>',
  },
  'change-budget': {
    runbooks: { fix: runbook({ target: 'cache/{{alert.fingerprint}}' }) },
    governor: { ...DEFAULT_GOVERNOR, changeBudget: { by: 'service', limit: 2, perMs: HOUR } },
    before: async (small) => {
      await handled({ labels: SHOP })(small);
      await handled({ labels: { ...SHOP, alertname: 'Another' } })(small);
    },
    alert: { labels: { ...SHOP, alertname: 'OneMore' } },
    detail: 'budget service=shop: 2 of 2 used by <id> and others, the next is free in 58 min',
  },
  conflict: {
    runbooks: { fix: runbook({ more: VERIFYING }) },
    governor: { ...NO_BUDGET, conflicts: [['pretend', 'pretend']] },
    before: handled({ labels: SHOP }),
    alert: { labels: PAY },
    detail: '<id> is at work with pretend, which must not happen at the same time',
  },
  capacity: {
    runbooks: { fix: runbook({ more: `  serving: { out: '{{labels.center}}' }` }) },
    topology: CENTERS,
    before: handled({ labels: { ...SHOP, center: 'a' } }),
    alert: { labels: { ...PAY, center: 'b' } },
    detail: 'assertion one-serves: 0 would be left in service, 1 are needed',
  },
} satisfies { readonly [because in Suppression]: Story };

/** Writes a sentence without the ids in it, which are different each time. */
export function withoutIds(text = ''): string {
  return text.replace(/\bx[0-9a-z]+-[0-9a-f]+/g, '<id>');
}
