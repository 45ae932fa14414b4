import { asPlanned, type Change, type EffectCall, type Progress } from '../../../src/plugin-sdk/index.js';
import { refuseAlive } from './alive.js';
import { refuseLag, waitForMark, waitForReplay } from './caught-up.js';
import { asksFor, dataLossOf, LOSS, lossOf, NAMES, resourceOf, WRITES } from './changes.js';
import { sayLoss } from './isolation.js';
import { readMark } from './marks.js';
import type { PostgresKit, PostgresSystem } from './kit.js';
import { glanceAt, isOpen, lookAt, refuseWrongRoles, type Pair } from './pair.js';
import { waitingMoveSchema, type WaitingMove } from './params.js';
import { promoteBeforeSchema, type PromoteBefore } from './promote-before.js';
import { judge, shut } from './shut.js';
import { switchBack } from './switch-back.js';
import { openAfter, promote } from './take-over.js';
import { countUnlogged } from './unlogged.js';

/** Makes the action that makes a standby the primary. */
export function promoteAction({ action, config }: PostgresKit) {
  return action({
    summary: 'Make a PostgreSQL standby the primary',
    params: waitingMoveSchema(config.postgres),
    before: promoteBeforeSchema,
    risk: 'high',
    idempotency: 'conditional',

    async check(call) {
      const detail = whatLacks(await glanceAt(call));
      return detail === undefined ? { needed: false, because: `${call.params.to} is the primary` } : { needed: true };
    },

    async plan(call) {
      const { cluster: name, from, to, most } = call.params;
      const pair = await glanceAt(call);
      const before = await whatIsThere(call, pair);
      if (whatLacks(pair) === undefined) return { summary: `${to} is the primary already`, changes: [], before };
      refuseWrongRoles(pair, from);
      refuseLag(pair, most);
      if (pair.from === undefined) await refuseAlive(call.signal, pair, from);
      const { isolation, because } =
        pair.from === undefined ? await judge(call.signal, pair, from) : { isolation: null, because: undefined };
      const unlogged = await countUnlogged(call.signal, pair);
      const asked = asPlanned(call.earlier, resourceOf(name), LOSS, null) !== null;
      const lossAsks = asked ? undefined : asksFor(pair, from, isolation, because);
      const asks = [lossAsks, unlogged.asks].filter((one) => one !== undefined).join('; ');
      return {
        summary: `make ${to} the primary of ${name} instead of ${from}`,
        changes: [
          ...(before.open && pair.from !== undefined
            ? [{ resource: resourceOf(name, from), attribute: WRITES, from: 'open', to: 'closed' }]
            : []),
          ...changesOf(name, from, to, pair),
          ...(asked ? [] : lossOf(name, isolation)),
          ...unlogged.changes,
        ],
        before: { ...before, isolation },
        facts: {
          estimatedDataLoss: isolation === null ? '0 B' : sayLoss(isolation),
          timeline: `${pair.to.timeline} -> ${pair.to.timeline + 1}`,
          replication: `no synchronous replica until ${from} is back as one`,
          ...(unlogged.uncounted.length === 0
            ? {}
            : {
                unloggedTables: `not counted in ${unlogged.uncounted.join(', ')}, which is closed; they will be empty`,
              }),
        },
        // what is in unlogged tables is gone, however old it is
        dataLossMs: unlogged.asks === undefined ? dataLossOf(isolation) : 'unknown',
        ...(asks === '' ? {} : { asks }),
        reversible: canSwitchBack(pair, from),
      };
    },

    apply: takeOver,

    async verify(call) {
      const detail = whatLacks(await lookAt(call));
      return detail === undefined ? { took: true } : { took: false, detail };
    },

    revert: switchBack,
  });
}

/** One thing after the other, and between any two of them at most one side is open. */
async function takeOver(call: EffectCall<PostgresSystem, WaitingMove>, before: PromoteBefore): Promise<Progress> {
  const { from: name, to, within } = call.params;
  const pair = await lookAt(call);
  const { cluster, from } = pair;
  if (pair.to.standby) {
    if (!(await isCutOff(call, pair, before)) && !(await shut(call, pair, name, before.isolation)))
      return { done: false, againInMs: 50 };
    const waited =
      from === undefined
        ? await waitForReplay(call, pair, within)
        : // Looked at again: closing it has changed it.
          await waitForMark(call, { ...pair, from: await cluster.state(name, call.signal) }, () => call.key, within);
    if (waited === 'not-yet') return { done: false, againInMs: 100 };
    if (!(await promote(call, cluster, to))) return { done: false, againInMs: 100 };
  } else if (isOpen(pair.to) && from !== undefined && isOpen(from)) {
    // It was cut off when the other one was promoted, and is back: whatever it has since, it could not acknowledge.
    call.log.warn('the old primary is back and is closed', { node: name });
    if (!(await shut(call, pair, name, before.isolation))) return { done: false, againInMs: 50 };
  }
  await openAfter(call, cluster, name, to);
  return { done: true };
}

/** The old primary went away after it was closed and a catch-up has seen all of it arrive: nothing can be missing. */
async function isCutOff(
  call: EffectCall<PostgresSystem, WaitingMove>,
  pair: Pair,
  before: PromoteBefore,
): Promise<boolean> {
  const { cluster, from, to } = pair;
  if (from !== undefined || to.open.length > 0) return false;
  const mark = await cluster.server(to.name).visit(call.signal, (session) => readMark(session, cluster.name));
  return mark !== undefined && mark.mark !== before.mark;
}

function whatLacks({ cluster, from, to }: Pair): string | undefined {
  if (to.standby) return `${to.name} is a standby`;
  if (to.open.length < cluster.databases.length) return `${to.name} is a primary, and closed`;
  return from !== undefined && isOpen(from) ? `both ${from.name} and ${to.name} are open` : undefined;
}

async function whatIsThere(
  call: Pick<EffectCall<PostgresSystem, WaitingMove>, 'signal' | 'params'> & { readonly earlier: readonly Change[] },
  { cluster, from, to }: Pair,
): Promise<PromoteBefore> {
  const now = from !== undefined && isOpen(from) ? 'open' : 'closed';
  const then = asPlanned(call.earlier, resourceOf(cluster.name, call.params.from), WRITES, now);
  const mark = await cluster.server(to.name).visit(call.signal, (session) => readMark(session, cluster.name));
  return {
    open: then === 'open',
    fromNames: from?.namesSet ?? null,
    toNames: to.namesSet,
    mark: mark?.mark ?? null,
    isolation: null,
  };
}

function changesOf(cluster: string, from: string, to: string, pair: Pair): Change[] {
  return [
    { resource: resourceOf(cluster), attribute: 'primary', from, to },
    { resource: resourceOf(cluster, to), attribute: WRITES, from: 'closed', to: 'open' },
    ...(pair.to.names === ''
      ? []
      : [{ resource: resourceOf(cluster, to), attribute: NAMES, from: pair.to.names, to: '' }]),
  ];
}

function canSwitchBack({ cluster, to }: Pair, from: string): boolean {
  return [from, to.name].every((node) => cluster.server(node).rejoin !== undefined);
}
