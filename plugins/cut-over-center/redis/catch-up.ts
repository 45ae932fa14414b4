import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { asPlanned, PluginError, type Call, type Change, type PlanCall } from '../../../src/plugin-sdk/index.js';
import { isClosed, writesOf } from './closing.js';
import { assertReplicaAsPlanned, bytesBehind, plannedRole, whyNoReplica, type Seen } from './following.js';
import { caughtUp } from './hand-over.js';
import type { RedisKit, RedisSystem } from './kit.js';
import { catchUpSchema, type CatchUpParams } from './params.js';

const LOOK_EVERY_MS = 50;
const LOOKS = 10;

const beforeSchema = z.strictObject({
  /** The history of writes to be caught up with; null when the primary did not answer. */
  history: z.string().nullable(),
});

/** Makes the action that waits until a replica has every write that its closed primary took. */
export function catchUpAction({ action, config }: RedisKit) {
  return action({
    summary: 'Wait until a Redis replica has everything that its closed primary took',
    params: catchUpSchema(config),
    before: beforeSchema,
    risk: 'low',
    idempotency: 'natural',

    async check(call) {
      const { from, to, primary } = await lookAt(call);
      if (primary === undefined)
        return { needed: false, because: `${from.name} does not answer: there is nothing to wait for` };
      if (to.state.role === 'primary') return { needed: false, because: `${to.node.name} is the primary already` };
      const has = isClosed(primary) && isThere(to, from, primary);
      return has ? { needed: false, because: `${to.node.name} has everything already` } : { needed: true };
    },

    async plan(call) {
      const { from, to, primary } = await lookAt(call);
      const role = plannedRole(call.earlier, to, [from]);
      if (primary === undefined || role === 'primary') {
        const because = primary === undefined ? `${from.name} does not answer` : `${to.node.name} is the primary`;
        return { summary: `nothing to wait for: ${because}`, changes: [], before: { history: null } };
      }
      refuseOpen(call, from.name, writesOf(primary));
      refuseFarBehind(call, { to, from: { node: from, state: primary } });
      const change: Change = {
        resource: to.node.name,
        attribute: `has everything that ${from.name} took`,
        from: false,
        to: true,
      };
      const summary = `wait until ${to.node.name} has everything that ${from.name} took`;
      return { summary, changes: [change], before: { history: primary.history } };
    },

    async apply(call, { history }) {
      if (history === null) return { done: true };
      // Nothing is written here; but who may not act any more should not go on to the next step either.
      await call.fence();
      const { old, next } = nodesOf(call);
      await caughtUp(call, { old, next, history }, await old.state(call.signal), call.params.within);
      return { done: true };
    },

    async verify(call, { history }) {
      if (history === null) return { took: true };
      const { from, to, primary } = await lookAt(call);
      if (primary === undefined) throw new PluginError('target-unreachable', `${from.name} does not answer`);
      if (!isClosed(primary)) return { took: false, detail: `${from.name} takes writes` };
      const settled = await onceSettled(call, to, from, primary);
      if (isThere(settled, from, primary)) return { took: true };
      const why = whyNoReplica(settled, from, primary);
      return { took: false, detail: why ?? `${to.node.name} is ${bytesBehind(settled.state, primary)} bytes behind` };
    },

    async revert(call) {
      // Nothing was changed; only who may not act any more should not say that it was taken back.
      await call.fence();
      call.signal.throwIfAborted();
      return { done: true };
    },
  });
}

type Asking = Call<RedisSystem, CatchUpParams>;

const nodesOf = ({ client, params }: Asking) => {
  const cluster = client.redis.get(params.cluster);
  return { old: cluster.node(params.from), next: cluster.node(params.to) };
};

/** Looks at the primary first: what it took by then is what the replica is measured by. */
async function lookAt(call: Asking) {
  const { old, next } = nodesOf(call);
  const primary = await old.stateIfReachable(call.signal);
  const to: Seen = { node: next, state: await next.state(call.signal) };
  return { from: old, to, primary };
}

/** A closed primary still writes a ping into its stream now and then: the replica gets a moment for what is under way. */
async function onceSettled(call: Asking, to: Seen, from: Seen['node'], primary: Seen['state']): Promise<Seen> {
  let seen = to;
  for (let look = 0; look < LOOKS && !isThere(seen, from, primary); look++) {
    await pause(LOOK_EVERY_MS, undefined, { signal: call.signal });
    seen = { node: to.node, state: await to.node.state(call.signal) };
  }
  return seen;
}

const isThere = (to: Seen, from: Seen['node'], primary: Seen['state']): boolean =>
  whyNoReplica(to, from, primary) === undefined && bytesBehind(to.state, primary) === 0;

function refuseOpen(call: PlanCall<RedisSystem, CatchUpParams>, name: string, now: string): void {
  if (asPlanned(call.earlier, name, 'writes', now) === 'closed') return;
  const detail = `${name} would go on taking writes, so nobody could ever have all of them: put redis-fence before`;
  throw new PluginError('not-closed', detail, false);
}

/** Before anything is closed: a replica that is far behind would keep everybody waiting. */
function refuseFarBehind(
  call: PlanCall<RedisSystem, CatchUpParams>,
  { to, from }: { readonly to: Seen; readonly from: Seen },
): void {
  assertReplicaAsPlanned(call.earlier, to, from.node, from.state);
  // An earlier step is only going to make it a replica: there is nothing to measure yet.
  if (whyNoReplica(to, from.node, from.state) !== undefined) return;
  const behind = bytesBehind(to.state, from.state);
  if (behind <= call.params.mostBehind) return;
  const detail = `${to.node.name} is ${behind} bytes behind ${from.node.name}; at most ${call.params.mostBehind} are allowed`;
  throw new PluginError('far-behind', detail);
}
