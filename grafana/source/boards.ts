import type { Board } from './kit/board.js';
import { centers } from './boards/firebreak-centers.js';
import { configHealth } from './boards/firebreak-config-health.js';
import { executions } from './boards/firebreak-executions.js';
import { overview } from './boards/firebreak-overview.js';
import { recovery } from './boards/firebreak-recovery.js';
import { runbooks } from './boards/firebreak-runbooks.js';

/** All boards, in the order of the menu. */
export const BOARDS: readonly Board[] = [overview, executions, runbooks, centers, configHealth, recovery];
