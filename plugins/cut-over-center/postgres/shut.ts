import { PluginError } from '../../../src/plugin-sdk/index.js';
import { refuseAlive } from './alive.js';
import { close, type Writer } from './gate.js';
import { readHeartbeat } from './heartbeat.js';
import { judgeIsolation, sayLoss, type Isolation, type Judgement } from './isolation.js';
import type { Pair } from './pair.js';

/**
 * Makes sure that `from` can acknowledge nothing any more: closes it, or, when it can't be reached, makes sure that it is
 * cut off from where acknowledgements come, or that somebody has agreed to what may be lost.
 *
 * @param fromName the node's
 * @param agreed what the plan said of a primary that could not be reached; null when it could be
 * @returns false when somebody is still connected to it: ask again
 */
export async function shut(call: Writer, pair: Pair, fromName: string, agreed: Isolation | null): Promise<boolean> {
  const { cluster, from } = pair;
  if (from?.standby === true) return true;
  if (from !== undefined)
    return cluster.server(fromName).visit(call.signal, (session) => close(call, session, cluster.databases));
  await call.fence();
  call.signal.throwIfAborted();
  // It was handed over, whatever it is now.
  if (!pair.to.standby) return true;
  await assertIsolated(call, pair, fromName, agreed);
  return true;
}

/** Judges a primary that can't be reached by what its standby knows. */
export async function judge(
  signal: AbortSignal,
  pair: Pair,
  from: string,
  agreed?: Isolation | null,
): Promise<Judgement> {
  const { cluster, to } = pair;
  const beat = await cluster.server(to.name).visit(signal, (session) => readHeartbeat(session, cluster.name));
  return judgeIsolation(beat, from, to, cluster.watch, agreed?.beat);
}

/**
 * Refuses to go on while a primary that can't be reached may acknowledge what its standby never gets.
 *
 * @param agreed what the plan said, and somebody agreed to; null when the plan knew of nothing to agree to
 * @throws PluginError `still-alive`, `not-isolated` or `loss-larger`
 */
export async function assertIsolated(
  call: Pick<Writer, 'signal'>,
  pair: Pair,
  from: string,
  agreed: Isolation | null,
): Promise<void> {
  await refuseAlive(call.signal, pair, from);
  const { isolation, because = '' } = await judge(call.signal, pair, from, agreed);
  if (isolation.lossless) return;
  if (agreed === null)
    throw new PluginError(
      'not-isolated',
      `${from} can't be reached any more, and ${because}: what it has acknowledged may be missing on ${pair.to.name}. Start again, so that somebody can agree to that, or bring ${from} back`,
      false,
    );
  if (!agreed.lossless && agreed.beat === isolation.beat) return;
  throw new PluginError(
    'loss-larger',
    `since the plan was made ${from} was there again and is away again, and ${because}: ${sayLoss(isolation)} may be lost now, ${sayLoss(agreed)} was agreed to. Start again`,
    false,
  );
}
