import type { Scenario } from './scenario.js';

/** The primary is killed with SIGKILL; later it is started again as it was, so it believes to be the primary still. */
export const killed: Scenario = {
  name: 'killed',
  title: 'primary killed (SIGKILL)',
  reachable: true,
  fault: (rig, from) => rig.postgres[from].kill(),
  comesBack: (rig, from) => rig.postgres[from].start(),
};
