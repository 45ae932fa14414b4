import { z } from 'zod';
import { asPlanned, PluginError, type PlanCall } from '../../../src/plugin-sdk/index.js';
import type { UnleashKit, UnleashSystem } from './kit.js';
import { beforeSchema, paramsSchema, type Params } from './params.js';
import { look, refuseForEverybody, sayEnabled, turn, turnBack } from './pursue.js';

/** Makes the action that turns a feature off, or a lesser one on, in one environment of an Unleash server. */
export function unleashAction({ action, config }: UnleashKit) {
  return action({
    summary: 'Turn a feature off or on in Unleash',
    params: paramsSchema(config.unleash),
    before: beforeSchema,
    risk: 'medium',
    idempotency: 'conditional',

    async check(call) {
      const { from } = await seenFrom(call);
      const { feature, environment, enabled } = call.params;
      if (from !== enabled) return { needed: true };
      return { needed: false, because: `${feature} is ${sayEnabled(enabled)} in ${environment} already` };
    },

    async plan(call) {
      const { seen, from, isFirst } = await seenFrom(call);
      const { feature, environment, enabled: to } = call.params;
      if (from !== to) refuseForEverybody(call.params, seen, to);
      return {
        summary: `${feature} in ${environment}: ${sayEnabled(from)} -> ${sayEnabled(to)}`,
        changes: [{ resource: resourceOf(call.params), attribute: attributeOf(call.params), from, to }],
        before: { enabled: from, event: isFirst ? seen.event : null },
        // Turned on again, Unleash would give it to everybody.
        ...(from && seen.strategies === 0 ? { reversible: false } : {}),
      };
    },

    async apply(call, before) {
      await turn(call, before);
      return { done: true };
    },

    async verify(call) {
      const { enabled } = await look(call);
      if (enabled === call.params.enabled) return { took: true };
      const { feature, environment } = call.params;
      return { took: false, detail: `${feature} is ${sayEnabled(enabled)} in ${environment}` };
    },

    async revert(call, before) {
      await turnBack(call, before);
      return { done: true };
    },
  });
}

/** Reads the switch, and says how it will be when this step comes. */
async function seenFrom(call: PlanCall<UnleashSystem, Params>) {
  const seen = await look(call);
  const [resource, attribute] = [resourceOf(call.params), attributeOf(call.params)];
  const isFirst = !call.earlier.some((one) => one.resource === resource && one.attribute === attribute);
  const from = z.boolean().safeParse(asPlanned(call.earlier, resource, attribute, seen.enabled));
  if (from.success) return { seen, from: from.data, isFirst };
  throw new PluginError('not-understood', `an earlier step plans no known state of ${call.params.feature}`, false);
}

function resourceOf({ server, project, feature }: Params): string {
  return `unleash/${server}/${project}/${feature}`;
}

function attributeOf({ environment }: Params): string {
  return `enabled in ${environment}`;
}
