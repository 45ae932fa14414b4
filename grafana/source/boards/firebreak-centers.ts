import type { Board } from '../kit/board.js';
import { CUT_OVER_VARIABLES } from './centers/cut-over.js';
import { overTime } from './centers/over-time.js';
import { tables } from './centers/tables.js';
import { drawnTopology, topologyPicture } from './centers/topology-picture.js';

/** Where users are served from, how the centres are, and how to move away from one. */
export const centers: Board = {
  uid: 'firebreak-centers',
  title: 'Centres',
  description: 'Who serves, how far apart and how well the centres are, who can take over, and the button for it.',
  from: 'now-3h',
  variables: CUT_OVER_VARIABLES,
  rows: [{ title: 'Topology', panels: [topologyPicture(drawnTopology())] }, tables, overTime],
};
