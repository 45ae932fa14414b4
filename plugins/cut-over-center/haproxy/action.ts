import type { Call, PlanCall } from '../../../src/plugin-sdk/index.js';
import type { HaproxyKit, HaproxySystem } from './kit.js';
import { changeOf, goalsOf, reversed, serverNamed } from './goal.js';
import { beforeSchema, paramsSchema, type Before, type Params } from './params.js';
import { missing, pursue } from './pursue.js';
import { refuseOutage } from './refusals.js';
import { asEarlierLeave, resourceOf } from './resources.js';

/** Makes the action that switches servers of one HAProxy backend: state and weight, in before out. */
export function haproxyAction({ action, config }: HaproxyKit) {
  return action({
    summary: 'Switch servers of a HAProxy backend: bring some in, take others out',
    params: paramsSchema(config),
    before: beforeSchema,
    risk: 'high',
    idempotency: 'conditional',

    async check(call) {
      const { goals } = await difference(call);
      return goals.length > 0 ? { needed: true } : { needed: false, because: 'every server is as wanted already' };
    },

    async plan(call) {
      const { backend } = call.params;
      const { servers, before, goals } = await difference(call);
      refuseOutage(backend, servers, goals);
      const say = goals.map(({ server, attribute, from, to }) => `${server} ${attribute} ${from} -> ${to}`);
      const summary = `${backend}: ${say.join(', ') || 'as wanted already'}`;
      return { summary, changes: goals.map((goal) => changeOf(resourceOf(call.params, goal.server), goal)), before };
    },

    async apply(call, before) {
      await pursue(call, runtimeOf(call), call.params.backend, goalsOf(call.params.servers, before));
      return { done: true };
    },

    async verify(call, before) {
      const servers = await runtimeOf(call).servers(call.params.backend, call.signal);
      const detail = missing(goalsOf(call.params.servers, before), servers);
      return detail === undefined ? { took: true } : { took: false, detail };
    },

    async revert(call, before) {
      const goals = goalsOf(call.params.servers, before).map(reversed);
      await pursue(call, runtimeOf(call), call.params.backend, goals);
      return { done: true };
    },
  });
}

const runtimeOf = (call: Call<HaproxySystem, Params>) => call.client.haproxy.get(call.params.endpoint);

/** Reads the backend as earlier steps will leave it, and says what is not yet as the parameters want it. */
async function difference(call: PlanCall<HaproxySystem, Params>) {
  const { backend, servers: wishes } = call.params;
  const now = await runtimeOf(call).servers(backend, call.signal);
  const servers = asEarlierLeave(now, call.earlier, call.params);
  const touched = wishes.map((wish) => serverNamed(servers, wish.server));
  const before: Before = { servers: touched.map(({ name, state, weight }) => ({ server: name, state, weight })) };
  return { servers, before, goals: goalsOf(wishes, before) };
}
