import type { Board } from '../kit/board.js';
import { some } from '../kit/variables.js';
import { drills } from './recovery/drills.js';
import { glance } from './recovery/glance.js';
import { goals } from './recovery/goals.js';
import { recent } from './recovery/recent.js';

/** How long it takes until all is well again, what it may cost, and whether that is practised. */
export const recovery: Board = {
  uid: 'firebreak-recovery',
  title: 'Recovery',
  description: 'Time to recover by stage and runbook against its goal, data that may be missing, and drills.',
  from: 'now-7d',
  variables: [
    some('runbook', { label: 'Runbook', query: 'label_values(firebreak_runbook_info{job="$job"}, runbook)' }),
  ],
  rows: [glance, goals, recent, drills],
};
