import type { Board } from '../kit/board.js';
import { glance } from './overview/glance.js';
import { queue } from './overview/queue.js';
import { requests } from './overview/requests.js';
import { runtime } from './overview/runtime.js';

/** The loop at a glance, then whether Firebreak itself is well. */
export const overview: Board = {
  uid: 'firebreak-overview',
  title: 'Overview',
  description: 'What comes in, what becomes of it, and whether Firebreak itself is well.',
  from: 'now-6h',
  rows: [glance, requests, queue, runtime],
};
