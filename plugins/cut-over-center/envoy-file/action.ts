import type { PlanCall } from '../../../src/plugin-sdk/index.js';
import { asEarlierLeave, changeOf, goalsOf, reversed } from './goal.js';
import type { EnvoyFileKit, EnvoyFileSystem } from './kit.js';
import { beforeSchema, paramsSchema, type Before, type Params } from './params.js';
import { missing, notInForce, pursue } from './pursue.js';
import { hashOfRest } from './text.js';
import { byName, refuseOutage, resourceNamed, weightsIn } from './weights.js';

/** Makes the action that sets weights in a file which Envoy watches: of localities, or of weighted clusters. */
export function envoyFileAction({ action, config }: EnvoyFileKit) {
  return action({
    summary: 'Set weights of localities or clusters in a file that Envoy watches',
    params: paramsSchema(config),
    before: beforeSchema,
    risk: 'high',
    idempotency: 'conditional',

    async check(call) {
      const { goals } = await difference(call);
      return goals.length > 0 ? { needed: true } : { needed: false, because: 'every weight is as wanted already' };
    },

    async plan(call) {
      const { resource } = call.params;
      const { all, before, goals } = await difference(call);
      const planned = all.map((one) => ({ ...one, weight: before.weights[one.name] ?? one.weight }));
      refuseOutage(resource, planned, new Map(goals.map(({ name, to }) => [name, to])));
      const say = goals.map(({ name, from, to }) => `${name} ${from} -> ${to}`);
      const summary = `${resource}: ${say.join(', ') || 'as wanted already'}`;
      return { summary, changes: goals.map((goal) => changeOf(call.params, goal)), before };
    },

    apply: (call, before) => pursue(call, goalsOf(call.params.weights, before.weights), before),

    async verify(call, before) {
      const goals = goalsOf(call.params.weights, before.weights);
      const seen = await call.client.envoyFile.get(call.params.file).file.read(call.signal);
      const detail = missing(goals, seen, call.params.resource) ?? (await notInForce(call, goals));
      return detail === undefined ? { took: true } : { took: false, detail };
    },

    revert: (call, before) => pursue(call, goalsOf(call.params.weights, before.weights).map(reversed)),
  });
}

/** Reads the file as earlier steps will leave it, and says what is not yet as the parameters want it. */
async function difference(call: PlanCall<EnvoyFileSystem, Params>) {
  const { file, resource, weights: wanted } = call.params;
  const seen = await call.client.envoyFile.get(file).file.read(call.signal);
  const all = weightsIn(resourceNamed(seen.response, resource).resource);
  const before: Before = { weights: asEarlierLeave(byName(all), call.earlier, call.params), rest: hashOfRest(seen) };
  return { all, before, goals: goalsOf(wanted, before.weights) };
}
