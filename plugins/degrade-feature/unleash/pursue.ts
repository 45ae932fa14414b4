import { PluginError, type EffectCall } from '../../../src/plugin-sdk/index.js';
import type { UnleashSystem } from './kit.js';
import type { Before, Params } from './params.js';
import type { Sight } from './server.js';

type Effect = EffectCall<UnleashSystem, Params>;

/**
 * Turns the switch as the parameters say, if it is as the plan saw it. Repeatable: what Firebreak turned already is left
 * alone.
 *
 * @throws PluginError `changed-meanwhile` when somebody else has turned it since, be it as wanted; `no-strategy`
 */
export async function turn(call: Effect, before: Before): Promise<void> {
  const { enabled: wanted } = call.params;
  if (wanted === before.enabled) return;
  const seen = await lookSteadily(call, before);
  if (seen.enabled === wanted) {
    refuseForeign(call, seen, before);
    return;
  }
  if (before.event !== null && seen.event !== before.event) throw foreign(call, seen, seen.other ?? 'somebody');
  await write(call, seen, wanted);
}

/**
 * Turns the switch back to what it was, if Firebreak was the last to turn it. Repeatable; does nothing when it is as it was.
 *
 * @throws PluginError `changed-meanwhile` when somebody else has turned it since; `no-strategy`
 */
export async function turnBack(call: Effect, before: Before): Promise<void> {
  const seen = await look(call);
  if (seen.enabled === before.enabled) return;
  refuseForeign(call, seen, before);
  await write(call, seen, before.enabled);
}

/** Reads the switch that the parameters name. */
export function look({ client, params, signal }: Pick<Effect, 'client' | 'params' | 'signal'>): Promise<Sight> {
  return client.unleash.get(params.server).look(params, signal);
}

/**
 * Refuses to turn on what would then be on for everybody: Unleash adds such a strategy by itself where there is none.
 *
 * @throws PluginError `no-strategy`
 */
export function refuseForEverybody({ feature, environment }: Params, seen: Sight, to: boolean): void {
  if (!to || seen.strategies > 0) return;
  throw new PluginError(
    'no-strategy',
    `${feature} has no active strategy in ${environment}: turned on, Unleash would give it to everybody; add one first`,
    false,
  );
}

/** Unleash tells state and last event one after the other: another attempt of ours may have turned it in between. */
async function lookSteadily(call: Effect, before: Before): Promise<Sight> {
  const seen = await look(call);
  const isOurs = before.event !== null && seen.event !== before.event && seen.other === undefined;
  return isOurs && seen.enabled !== call.params.enabled ? look(call) : seen;
}

async function write(call: Effect, seen: Sight, to: boolean): Promise<void> {
  const { server, project, feature, environment } = call.params;
  refuseForEverybody(call.params, seen, to);
  await call.fence();
  await call.client.unleash.get(server).turn(call.params, to, call.signal);
  call.log.info('feature turned', { server, project, feature, environment, enabled: to });
}

/** The switch is not as it was planned: that must be Firebreak's doing, and there must be an event of it. */
function refuseForeign(call: Effect, seen: Sight, before: Before): void {
  if (seen.other !== undefined) throw foreign(call, seen, seen.other);
  if (before.event !== null && seen.event <= before.event) throw foreign(call, seen, 'somebody');
}

function foreign({ params: { feature, environment } }: Effect, seen: Sight, by: string): PluginError {
  const is = `${feature} is ${sayEnabled(seen.enabled)} in ${environment}`;
  return new PluginError('changed-meanwhile', `${is}: ${by} turned it meanwhile (event ${seen.event})`, false);
}

/** Says a switch in one word. */
export function sayEnabled(enabled: boolean): string {
  return enabled ? 'on' : 'off';
}
