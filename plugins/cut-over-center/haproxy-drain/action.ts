import type { Call, Change, PlanCall } from '../../../src/plugin-sdk/index.js';
import { changeOf, serverNamed, type Goal } from '../haproxy/goal.js';
import type { HaproxyKit, HaproxySystem } from '../haproxy/kit.js';
import { refuseOutage } from '../haproxy/refusals.js';
import { asEarlierLeave, resourceOf } from '../haproxy/resources.js';
import { beforeSchema, paramsSchema, type Params } from './params.js';
import { missing, putBack, remove } from './removal.js';

/** Makes the action that takes a server out without losing a request: drain, wait, maint. */
export function haproxyDrainAction({ action, config }: HaproxyKit) {
  return action({
    summary: 'Take a server out of a HAProxy backend without losing a request: drain, wait, maint',
    params: paramsSchema(config),
    before: beforeSchema,
    risk: 'high',
    idempotency: 'conditional',

    async check(call) {
      const { server } = await planned(call);
      return server.state === 'maint' ? { needed: false, because: `${server.name} is out already` } : { needed: true };
    },

    async plan(call) {
      const { backend, within, atLimit } = call.params;
      const { server, servers } = await planned(call);
      const goals: Goal[] =
        server.state === 'maint' ? [] : [{ server: server.name, attribute: 'state', from: server.state, to: 'maint' }];
      refuseOutage(backend, servers, goals);
      const time = `${within / 1000} s`;
      const resource = resourceOf(call.params, server.name);
      // What may be lost is agreed to, so it is one of the changes.
      const cut: Change = { resource, attribute: `sessions still open after ${time}`, from: 'open', to: 'closed' };
      const changes = [
        ...goals.map((goal) => changeOf(resource, goal)),
        ...(atLimit === 'cut' && goals.length > 0 ? [cut] : []),
      ];
      const then = atLimit === 'cut' ? 'what is left then is closed' : 'given up if it is not empty then';
      const how = `state ${server.state} -> maint, drained for up to ${time}, ${then}`;
      const summary = `${backend}: ${server.name} ${goals.length === 0 ? 'out already' : how}`;
      return { summary, changes, before: { state: server.state } };
    },

    apply: (call, before) => remove(call, runtimeOf(call), before),

    async verify(call) {
      const detail = await missing(call, runtimeOf(call));
      return detail === undefined ? { took: true } : { took: false, detail };
    },

    async revert(call, before) {
      await putBack(call, runtimeOf(call), before);
      return { done: true };
    },
  });
}

const runtimeOf = (call: Call<HaproxySystem, Params>) => call.client.haproxy.get(call.params.endpoint);

/** The backend as earlier steps will leave it, and in it the server that is to go. */
async function planned(call: PlanCall<HaproxySystem, Params>) {
  const now = await runtimeOf(call).servers(call.params.backend, call.signal);
  const servers = asEarlierLeave(now, call.earlier, call.params);
  return { servers, server: serverNamed(servers, call.params.server) };
}
