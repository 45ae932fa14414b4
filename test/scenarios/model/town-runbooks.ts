import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Catalog } from '../../../src/catalog/catalog.js';
import { PRETEND_NAMES } from '../../../src/testing/pretend-names.js';

/** The services of the town, each with the cluster that it belongs to. */
export const SERVICES = { bakery: 'east', mill: 'east', forge: 'west' } as const;

/** Names of a service's values that steps change. */
export const PARTS = ['x', 'y', 'z'] as const;

/** Limits that the town lives under; every window is one minute. */
export const LIMITS = { perMs: 60_000, cooldownMs: 20_000, change: 2, rate: 2, blast: 1 } as const;

const runbook = (name: string, alertname: string, mode: string, spec: string): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Answer ${alertname}, owner: team-town }
spec:
  match: ['alertname="${alertname}"']
  target: 'service/{{labels.service}}'
  mode: ${mode}
${spec}`;

const guards = (more = 'storm: off'): string =>
  `  guards: { cooldown: 20s, rate: { limit: ${LIMITS.rate}, per: 1m }, blastRadius: { by: cluster, limit: ${LIMITS.blast}, per: 1m }, maxAlertAge: 30d, ${more} }\n`;

const steps = (value: string, parts: readonly string[], uses = 'set'): string => {
  const step = (part: string): string =>
    `    - { name: ${part}, uses: pretend/${uses}, with: { name: '{{labels.service}}-${part}', value: ${value} }, timeout: 5s, attempts: 2, backoff: 1s }\n`;
  return `  steps:\n${parts.map(step).join('')}`;
};

const verify = (more = ''): string =>
  `  verify: { probe: pretend/state, with: {}, every: 1s, healthy: 2, unhealthy: 2, unknown: 2, error: 2, worse: 1, within: 15s, guards: [{ name: errors, probe: pretend/guard, with: {} }] }\n${more}`;

/** Must prove healthy after a step before the next one is begun. */
const STAGE =
  'verify: { probe: pretend/state, with: {}, every: 500ms, healthy: 2, unhealthy: 1, unknown: 2, worse: 1, within: 8s, guards: [{ name: errors, probe: pretend/guard, with: {} }] }';

/** Steps that change the same value further and further, each verified. */
const stages = (values: readonly string[]): string => {
  const step = (value: string): string =>
    `    - { name: ${value}, uses: pretend/set, with: { name: '{{labels.service}}-x', value: ${value} }, timeout: 5s, attempts: 2, backoff: 1s, ${STAGE} }\n`;
  return `  steps:\n${values.map(step).join('')}`;
};

const approval = (required: number, roles: string, more = ''): string =>
  `  approval: { required: ${required}, roles: [${roles}], within: 5m${more} }\n`;

const SHORT = '  approval: { roles: [sre], within: 2m }\n';

/** Every way of answering: alone, with people, by stages, under a lease, looking only, with what cannot be taken back. */
const RUNBOOKS: Readonly<Record<string, string>> = {
  fix: runbook(
    'fix',
    'Broken',
    'auto',
    `${guards('storm: off, recurrence: { limit: 2, per: 1h }')}${SHORT}${steps('fixed', ['x'])}${verify('  escalate: rebuild\n')}`,
  ),
  rebuild: runbook(
    'rebuild',
    'Ruined',
    'approve',
    `${guards()}${approval(2, 'sre, architecture')}${steps('rebuilt', ['x', 'y'])}${verify()}  lease: 1m\n  maxLease: 3m\n  onResolved: revert\n  clearFor: 20s\n`,
  ),
  hold: runbook(
    'hold',
    'Hot',
    'auto',
    `${guards('storm: { distinctTargets: 1, per: 1m, calm: 2m }')}${SHORT}${steps('held', ['x', 'y']).replace(' }\n', `, ${STAGE} }\n`)}${verify('  onUnhealthy: hold\n')}  lease: 1m\n  maxLease: 3m\n  onResolved: revert\n  clearFor: 20s\n`,
  ),
  evict: runbook(
    'evict',
    'Stale',
    'approve',
    `${guards('storm: off, require: [{ probe: pretend/guard }]')}${approval(1, '', ', onExpiry: escalate')}${steps('evicted', ['x', 'y'])}${steps('evicted', ['z'], 'set-once').replace('  steps:\n', '')}  escalate: fix\n`,
  ),
  burn: runbook(
    'burn',
    'Stuck',
    'approve',
    `${guards()}${approval(1, 'sre')}${steps('burnt', ['z'], 'burn')}${verify('  onUnhealthy: hold\n')}`,
  ),
  shift: runbook(
    'shift',
    'Slow',
    'auto',
    `${guards()}${SHORT}${stages(['tenth', 'half', 'all'])}${verify('  escalate: rebuild\n')}`,
  ),
  watch: runbook('watch', 'Broken', 'observe', `${guards()}${SHORT}${steps('fixed', ['x'])}${verify()}`),
};

/** Alerts that the runbooks answer. */
export const ALERTS = ['Broken', 'Hot', 'Stale', 'Stuck', 'Ruined', 'Slow'] as const;

/** Gives the number of an alert of one of the services, by which commands name it. */
export function alertNumber(alertname: (typeof ALERTS)[number], service: number): number {
  return ALERTS.indexOf(alertname) + service * ALERTS.length;
}

/** Loads the runbooks of the town as the service does, once for all towns. */
export async function townCatalog(): Promise<Catalog> {
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-town-'));
  for (const [name, text] of Object.entries(RUNBOOKS)) writeFileSync(join(folder, `${name}.yaml`), text);
  const changeBudget = { by: 'service', limit: LIMITS.change, perMs: LIMITS.perMs };
  const governor = { changeBudget, conflicts: [], loop: { limit: 4, perMs: LIMITS.perMs } };
  const opened = await Catalog.open({ folder, names: PRETEND_NAMES, governor, now: () => 0 });
  rmSync(folder, { recursive: true });
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems, null, 2));
  return opened.catalog;
}
