import type { Board } from './kit/board.js';
import { overview } from './boards/firebreak-overview.js';

/** All boards, in the order of the menu. */
export const BOARDS: readonly Board[] = [overview];
