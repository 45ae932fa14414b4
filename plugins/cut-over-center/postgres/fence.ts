import { z } from 'zod';
import { PluginError, type Call, type EffectCall, type VerifyAnswer } from '../../../src/plugin-sdk/index.js';
import { refuseAlive } from './alive.js';
import type { Cluster } from './clusters.js';
import { asksFor, dataLossOf, lossOf, resourceOf, WRITES } from './changes.js';
import { isOccupied, open } from './gate.js';
import { isolationSchema, sayLoss } from './isolation.js';
import type { PostgresKit, PostgresSystem } from './kit.js';
import { glanceAt, isOpen, lookAt, refuseWrongRoles, type Pair } from './pair.js';
import type { ServerState } from './state.js';
import { moveSchema, type Move } from './params.js';
import { assertIsolated, judge, shut } from './shut.js';

/** What reverting needs: which databases were open, and what was known of a primary that could not be reached. */
const beforeSchema = z.strictObject({ open: z.array(z.string()), isolation: isolationSchema.nullable() });
type Before = z.infer<typeof beforeSchema>;

/** Makes the action that closes a primary for writes, before another one takes over. */
export function fenceAction({ action, config }: PostgresKit) {
  return action({
    summary: 'Close a PostgreSQL primary for writes',
    params: moveSchema(config.postgres),
    before: beforeSchema,
    risk: 'high',
    idempotency: 'conditional',

    async check(call) {
      const pair = await glanceAt(call);
      const { cluster, from, to } = pair;
      const needed = from === undefined ? to.standby : (await whatIsOpen(call, cluster, from)) !== undefined;
      return needed ? { needed } : { needed, because: `nobody can write to ${call.params.from} any more` };
    },

    async plan(call) {
      const { cluster, from: name } = call.params;
      const pair = await glanceAt(call);
      const { from, to } = pair;
      if (!to.standby && (from === undefined || !isOpen(from)))
        return { summary: `${name} is closed already`, changes: [], before: { open: [], isolation: null } };
      refuseWrongRoles(pair, name);
      const resource = resourceOf(cluster, name);
      if (from !== undefined)
        return {
          summary: `close ${from.open.join(', ') || 'nothing'} on ${name}, and end all sessions there`,
          changes: isOpen(from) ? [{ resource, attribute: WRITES, from: 'open', to: 'closed' }] : [],
          before: { open: [...from.open], isolation: null },
          facts: {
            estimatedDataLoss: '0 B',
            clients: `everybody on ${name} is disconnected; open transactions are rolled back`,
          },
          dataLossMs: 0,
        };
      await refuseAlive(call.signal, pair, name);
      const { isolation, because } = await judge(call.signal, pair, name);
      const asks = asksFor(pair, name, isolation, because);
      return {
        summary: `count ${name} as isolated, because it can't be reached`,
        changes: [{ resource, attribute: WRITES, from: 'unreachable', to: 'isolated' }, ...lossOf(cluster, isolation)],
        before: { open: [], isolation },
        facts: { estimatedDataLoss: sayLoss(isolation) },
        dataLossMs: dataLossOf(isolation),
        ...(asks === undefined ? {} : { asks }),
      };
    },

    async apply(call, before) {
      const done = await shut(call, await lookAt(call), call.params.from, before.isolation);
      return done ? { done } : { done, againInMs: 50 };
    },

    async verify(call, before) {
      const pair = await lookAt(call);
      if (pair.from === undefined) return verifyUnseen(call, pair, before);
      const detail = await whatIsOpen(call, pair.cluster, pair.from);
      return detail === undefined ? { took: true } : { took: false, detail };
    },

    async revert(call, before) {
      await reopen(call, before);
      return { done: true };
    },
  });
}

/** Says what somebody could still write to there; undefined when nothing. */
async function whatIsOpen(
  call: Pick<Call<PostgresSystem, Move>, 'signal'>,
  cluster: Cluster,
  from: ServerState,
): Promise<string | undefined> {
  if (from.standby) return undefined;
  if (isOpen(from)) return `${from.open.join(', ')} on ${from.name} is open`;
  const server = cluster.server(from.name);
  const occupied = await server.visit(call.signal, (session) => isOccupied(session, cluster.databases));
  return occupied ? `somebody is still connected to ${cluster.databases.join(', ')} on ${from.name}` : undefined;
}

/** A primary that went away while it was closed has told its standby how far that had come. */
async function verifyUnseen(call: Call<PostgresSystem, Move>, pair: Pair, before: Before): Promise<VerifyAnswer> {
  if (!pair.to.standby) return { took: true };
  if (before.isolation === null && pair.to.open.length === 0) return { took: true };
  await assertIsolated(call, pair, call.params.from, before.isolation);
  return { took: true };
}

/** Opens `from` again, as long as it is the only primary. */
async function reopen(call: EffectCall<PostgresSystem, Move>, before: Before): Promise<void> {
  const { from: name, to: toName } = call.params;
  const cluster = call.client.postgres.get(call.params.cluster);
  if (before.open.length === 0) return;
  const from = await cluster.state(name, call.signal);
  if (!from.standby && before.open.every((one) => from.open.includes(one))) return;
  const to = await cluster.stateIfThere(toName, call.signal);
  const byHand = `If ${toName} was not promoted, open it by hand: ALTER DATABASE ${before.open.join(', ')} ALLOW_CONNECTIONS true on ${name}`;
  if (to === undefined)
    throw new PluginError(
      'target-unreachable',
      `${name} stays closed, because ${toName} can't be asked whether it is a primary. ${byHand}`,
    );
  if (!to.standby || from.standby)
    throw new PluginError(
      'second-primary',
      `${name} stays closed, because ${to.standby ? `it is a standby now` : `${toName} is a primary now`}: take back the promotion first`,
      false,
    );
  await cluster.server(name).visit(call.signal, (session) => open(call, session, before.open));
}
