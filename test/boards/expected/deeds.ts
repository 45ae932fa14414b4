/** What pressing a button must come to. */
export interface Deed {
  /** Whose session presses it; whoever looks only may never. */
  readonly who: 'editor' | 'admin';
  /** The row in which it is pressed, by columns and labels. */
  readonly row?: Readonly<Record<string, string>>;
  /** What is chosen at the top of the board. */
  readonly choices?: Readonly<Record<string, string>>;
  readonly status: number;
  /** Phase or outcome of the execution afterwards: the one of the row, or the one that was opened. */
  readonly ends?: string;
  /** What the execution that was opened is like. */
  readonly opened?: Readonly<Record<string, string>>;
  /** What stands in the answer. */
  readonly because?: string;
}

const opens = (runbook: string, target: string): Deed => ({
  who: 'editor',
  status: 202,
  ends: 'awaiting-approval',
  opened: { runbook, target, trigger: 'grafana', requestedBy: 'grafana:edith' },
});
const tries = (runbook: string, target: string): Deed => ({ ...opens(runbook, target), ends: 'dry-run' });
const decides = (ends: string): Deed => ({ who: 'admin', status: 200, ends });

/** By board and name of the button. */
export const DEEDS: Readonly<Record<string, Readonly<Record<string, Deed>>>> = {
  'firebreak-executions': {
    'Waiting for approval: Approve': { ...decides('succeeded'), row: { runbook: 'careful' } },
    'Waiting for approval: Reject': { ...decides('rejected'), row: { runbook: 'careful' } },
    // it is held again as soon as it has looked again
    'Held: a person must decide: Retry': { ...decides('held'), because: '"phase":"verifying"' },
    'Held: a person must decide: Roll back': decides('reverted'),
    'Held: a person must decide: Accept': decides('accepted'),
    'At work: Cancel': { ...decides('cancelled'), who: 'editor' },
    'In force for a time: Roll back': decides('reverted'),
    'Can be rolled back: Roll back': { ...decides('reverted'), row: { runbook: 'leased' } },
  },
  'firebreak-runbooks': {
    'Alerts that fire: Execute': { ...opens('evict-stale-cache', 'cache/main'), row: { alertname: 'CacheStale' } },
    'Alerts that fire: Dry run': { ...tries('evict-stale-cache', 'cache/main'), row: { alertname: 'CacheStale' } },
    // the runbook that is chosen needs a label that the alert has not
    'Alerts that name no runbook: Execute': { who: 'editor', status: 409, because: 'lamp' },
    'Alerts that name no runbook: Dry run': { who: 'editor', status: 409, because: 'lamp' },
    'When the alerts of $runbook fired: Execute': {
      ...opens('evict-stale-cache', 'cache/main'),
      choices: { runbook: 'evict-stale-cache' },
    },
    'When the alerts of $runbook fired: Dry run': {
      ...tries('evict-stale-cache', 'cache/main'),
      choices: { runbook: 'evict-stale-cache' },
    },
  },
  'firebreak-centers': {
    'Topology, a cut over: Cut over': { ...opens('cut-over-center', 'traffic/shop'), ends: 'not-needed' },
    'Topology, b cut over: Cut over': opens('cut-over-center', 'traffic/shop'),
    'What can be moved away: Cut over': { ...opens('cut-over-center', 'traffic/shop'), row: { service: 'shop' } },
  },
  'firebreak-config-health': {
    'Services: Evict stale cache': { ...opens('evict-stale-cache', 'cache/main'), row: { service: 'shop' } },
    'Features: Turn it off': {
      ...opens('degrade-feature', 'feature/recommendations'),
      row: { feature: 'recommendations' },
    },
  },
};
