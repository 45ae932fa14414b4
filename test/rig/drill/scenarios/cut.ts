import type { Scenario } from './scenario.js';

/** The serving centre is cut off from everybody; inside it all goes on, writers included. */
export const cut: Scenario = {
  name: 'cut',
  title: 'network cut to the serving centre',
  reachable: false,
  fault: (rig, from) => rig.network.cut(from),
  comesBack: (rig, from) => rig.network.heal(from),
};
