import { catchUpAction } from './catch-up.js';
import { fenceAction } from './fence.js';
import type { PostgresKit } from './kit.js';
import { promoteAction } from './promote.js';
import { rejoinAction } from './rejoin.js';

/** The actions on PostgreSQL, by name. */
export function postgresActions(kit: PostgresKit) {
  return {
    'postgres-fence': fenceAction(kit),
    'postgres-catch-up': catchUpAction(kit),
    'postgres-promote': promoteAction(kit),
    'postgres-rejoin': rejoinAction(kit),
  };
}
