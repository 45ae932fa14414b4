import { each, lines, nothing, type Expected } from './checks.js';

/** What the board firebreak-runbooks shows of the known history. */
export const RUNBOOKS: Expected = {
  'Alerts that fire': {
    A: each({
      'CacheStale firing evict-stale-cache shop warning age': 2,
      'CacheStale firing evict-stale-cache shop warning hit-rate': 2,
      'FeatureSlow firing recommendations degrade-feature shop warning': 2,
    }),
  },
  'Alerts that name no runbook': { A: each({ 'FallbackSlow firing shop warning': 2 }) },
  'When the alerts of $runbook fired': { A: nothing('no rule names the runbook that is chosen') },
  Scorecards: {
    things: each({
      'approve team-cache evict-stale-cache': 1,
      'approve team-lamps careful': 1,
      'approve team-lamps hasty': 1,
      'approve team-lamps stormy': 1,
      'approve team-product degrade-feature': 1,
      'auto team-lamps broken': 1,
      'auto team-lamps leased': 1,
      'auto team-lamps puzzling': 1,
      'auto team-lamps quick': 1,
      'auto team-lamps rare': 1,
      'auto team-lamps undecided': 1,
      'auto team-lamps vain': 1,
      'auto team-traffic cut-over-center': 1,
      'observe team-lamps watching': 1,
    }),
    trust: each({ puzzling: 1 }),
    tried: each({ broken: 2, careful: 2, 'cut-over-center': 1, leased: 2, quick: 2, rare: 1, vain: 2 }),
    helped: each({ broken: 0, careful: 1, 'cut-over-center': 1, leased: 0, quick: 1, rare: 1, vain: 0 }),
    half: lines('careful', 'cut-over-center', 'leased', 'quick'),
    most: lines('careful', 'cut-over-center', 'leased', 'quick'),
    wait: lines('careful', 'hasty'),
    lost: each({ puzzling: 1 }),
    next: nothing('no runbook names a next one'),
    no: each({ careful: 2, quick: 1, rare: 1, stormy: 1 }),
  },
  'How fast $runbook recovers': {
    A: lines('applied', 'decided', 'first_effect', 'received', 'verified'),
    B: lines(''),
  },
  'How executions of $runbook end': { A: lines('not-needed', 'succeeded') },
  'Why $runbook did nothing': { A: lines('paused') },
  'Trust and escalations of $runbook': { A: nothing('it has lost no trust'), B: nothing('it was enough by itself') },
  'How long plans of $runbook wait': { A: nothing('it waits for nobody') },
};
