import { z } from 'zod';
import { asPlanned, type Call, type VerifyAnswer } from '../../../src/plugin-sdk/index.js';
import { refuseLag, waitForMark, waitForReplay, whatIsMissing } from './caught-up.js';
import { resourceOf, WRITES } from './changes.js';
import { readMark, setMark } from './marks.js';
import type { PostgresKit, PostgresSystem } from './kit.js';
import { glanceAt, isOpen, lookAt, refuseWrongRoles, type Pair } from './pair.js';
import { waitingMoveSchema, type WaitingMove } from './params.js';

/** The mark that an earlier catch-up has left: a new one must be another. */
const beforeSchema = z.strictObject({ mark: z.string().nullable() });

/** Makes the action that waits until a standby has all of its fenced primary. */
export function catchUpAction({ action, config }: PostgresKit) {
  return action({
    summary: 'Wait until a PostgreSQL standby has all that its fenced primary has written',
    params: waitingMoveSchema(config.postgres),
    before: beforeSchema,
    risk: 'low',
    idempotency: 'conditional',

    async check(call) {
      const pair = await glanceAt(call);
      const mark = await markOn(call, pair.from === undefined ? call.params.to : call.params.from);
      const waits = pair.to.standby && (await lacks(call, pair, mark)) !== undefined;
      return waits ? { needed: true } : { needed: false, because: `${call.params.to} has everything` };
    },

    async plan(call) {
      const { cluster, from, to, most } = call.params;
      const pair = await glanceAt(call);
      if (!pair.to.standby && !(pair.from !== undefined && isOpen(pair.from)))
        return { summary: `${to} has taken over already`, changes: [], before: { mark: await markOn(call, to) } };
      refuseWrongRoles(pair, from);
      refuseLag(pair, most);
      const writes = pair.from === undefined ? 'isolated' : isOpen(pair.from) ? 'open' : 'closed';
      const then = asPlanned(call.earlier, resourceOf(cluster, from), WRITES, writes);
      const all = pair.from === undefined ? `all that it has received from ${from}` : `all of ${from}`;
      return {
        summary: `wait until ${to} has replayed ${all}`,
        changes: [{ resource: resourceOf(cluster, to), attribute: 'replayed', from: 'so far', to: all }],
        before: { mark: await markOn(call, pair.from === undefined ? to : from) },
        ...(then === 'open'
          ? { facts: { warning: `${from} is still open: this fails unless it is fenced by then` } }
          : {}),
      };
    },

    async apply(call, before) {
      const pair = await lookAt(call);
      if (!pair.to.standby) return { done: true };
      const { within } = call.params;
      const waited =
        pair.from === undefined
          ? await waitForReplay(call, pair, within)
          : await waitForMark(call, pair, (was) => (was === null || was === before.mark ? call.key : was), within);
      return waited === 'all-there' ? { done: true } : { done: false, againInMs: 100 };
    },

    async verify(call, before): Promise<VerifyAnswer> {
      const pair = await lookAt(call);
      if (!pair.to.standby) return { took: true };
      const mark = await markOn(call, pair.from === undefined ? call.params.to : call.params.from);
      if (pair.from !== undefined && mark === before.mark) return { took: false, detail: 'nothing was waited for' };
      const detail = await lacks(call, pair, mark);
      return detail === undefined ? { took: true } : { took: false, detail };
    },

    /** Waiting leaves nothing but a mark. */
    async revert(call, before) {
      const { cluster, from } = await lookAt(call);
      if (from === undefined || from.standby || (await markOn(call, from.name)) === before.mark) return { done: true };
      await cluster
        .server(from.name)
        .visit(call.signal, (session) => setMark(call, session, cluster.name, before.mark));
      return { done: true };
    },
  });
}

function markOn(call: Call<PostgresSystem, WaitingMove>, node: string): Promise<string | null> {
  const cluster = call.client.postgres.get(call.params.cluster);
  return cluster
    .server(node)
    .visit(call.signal, async (session) => (await readMark(session, cluster.name))?.mark ?? null);
}

async function lacks(
  call: Call<PostgresSystem, WaitingMove>,
  pair: Pair,
  mark: string | null,
): Promise<string | undefined> {
  const { from, to } = pair;
  if (from === undefined)
    return to.settled < to.written ? `${to.name} has not replayed all that it has received` : undefined;
  if (isOpen(from)) return `${from.name} is open`;
  return mark === null ? `nothing was waited for` : whatIsMissing(call, pair, mark);
}
