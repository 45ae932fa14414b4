import { setTimeout as pause } from 'node:timers/promises';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { Cluster } from './clusters.js';
import type { ServerState } from './state.js';

/** Added to the time within which a standby must hear from a primary that is alive, in milliseconds. */
const MARGIN_MS = 250;
/** A standby that has heard from its primary so recently knows it to be alive, whatever its settings say. */
const LEAST_MS = 1_000;
/** How long a standby is listened to before it is refused, in milliseconds. */
const LONGEST_MS = 2_000;
const EVERY_MS = 50;

/** A standby, and how to look at it again. */
interface Listening {
  readonly cluster: Pick<Cluster, 'state'>;
  readonly to: ServerState;
}

/**
 * Refuses to go on beside a primary that is alive and only out of Firebreak's reach, whatever evidence there is. A standby
 * asks its primary for an answer after half of `wal_receiver_timeout`, so until then silence says nothing.
 *
 * @param from the primary's name
 * @throws PluginError `still-alive`
 */
export async function refuseAlive(signal: AbortSignal, { cluster, to }: Listening, from: string): Promise<void> {
  const heardAt = lastHeard(to);
  const end = performance.now() + LONGEST_MS;
  for (let now = to; mayHear(now); now = await cluster.state(to.name, signal)) {
    const again = lastHeard(now) > heardAt + 5;
    if (again || silenceOf(now) - (now.heardAgo ?? 0) > LONGEST_MS || performance.now() > end)
      throw new PluginError(
        'still-alive',
        `${from} ${again ? 'is' : 'may be'} alive: ${to.name} ${again ? 'still receives from it' : `heard from it ${Math.round(now.heardAgo ?? 0)} ms ago`}, only Firebreak can't reach it. There would be two primaries`,
      );
    await pause(EVERY_MS, undefined, { signal });
  }
}

/** After how much silence a primary is not alive, in milliseconds. */
function silenceOf({ pingsAfter }: ServerState): number {
  return Math.max(LEAST_MS, pingsAfter + MARGIN_MS);
}

function mayHear(to: ServerState): boolean {
  return to.heardAgo !== undefined && to.heardAgo <= silenceOf(to);
}

function lastHeard({ now, heardAgo }: ServerState): number {
  return now - (heardAgo ?? Infinity);
}
