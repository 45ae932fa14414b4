import type { Change } from '../core/step-plan.js';
import type { Json } from '../core/json.js';

/**
 * Says what an attribute will be once the earlier steps are done.
 *
 * @param earlier from the call of `check` or `plan`
 * @param resource as the plans of this plugin name it
 * @param attribute as the plans of this plugin name it
 * @param now what is there now: the answer when no earlier step changes it
 */
export function asPlanned(earlier: readonly Change[], resource: string, attribute: string, now: Json): Json {
  const last = earlier.findLast((change) => change.resource === resource && change.attribute === attribute);
  return last === undefined ? now : last.to;
}
