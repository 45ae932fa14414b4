import { PluginError } from '../../../src/plugin-sdk/index.js';
import { evictKeys, itemsToEvict, leftOf, planKeys, restoreKeys } from './evict-keys.js';
import { lookAtNamespace, lower, notRaised, planNamespace, raise } from './evict-namespace.js';
import type { MemcachedKit } from './kit.js';
import { beforeSchema, paramsSchema, type Params } from './params.js';

/** Makes the action that evicts single entries of a memcached by their keys, or a whole namespace. */
export function memcachedAction({ action, config }: MemcachedKit) {
  return action({
    summary: 'Evict entries from memcached by their keys, or a whole namespace',
    params: paramsSchema(config.memcached),
    before: beforeSchema,
    risk: 'medium',
    idempotency: 'conditional',

    async check(call) {
      const { cache, keys, namespace } = call.params;
      if (keys !== undefined) {
        const there = await itemsToEvict(call, keys);
        return there.length > 0
          ? { needed: true }
          : { needed: false, because: `memcached ${cache} has none of these keys` };
      }
      const there = await lookAtNamespace(call, wanted(namespace));
      const because = `memcached ${cache} has no number of namespace ${namespace}: its clients begin a new one`;
      return there.length > 0 ? { needed: true } : { needed: false, because };
    },

    plan(call) {
      const { keys, namespace } = call.params;
      return keys === undefined ? planNamespace(call, wanted(namespace)) : planKeys(call, keys);
    },

    async apply(call, before) {
      if (before.of === 'keys') await evictKeys(call, before.items);
      else await raise(call, wanted(call.params.namespace), before.generations);
      return { done: true };
    },

    async verify(call, before) {
      if (before.of === 'keys') {
        const left = await leftOf(call, before.items);
        const [first] = left;
        if (first === undefined) return { took: true };
        return {
          took: false,
          detail: `${left.length} entries are still there, such as ${first.key} on ${first.server}`,
        };
      }
      const low = await notRaised(call, wanted(call.params.namespace), before.generations);
      return low.length === 0 ? { took: true } : { took: false, detail: `the number is ${low.join(', ')}` };
    },

    async revert(call, before) {
      if (before.of === 'keys') await restoreKeys(call, before.items);
      else await lower(call, wanted(call.params.namespace), before.generations);
      return { done: true };
    },
  });
}

/** The schema wants either keys or a namespace, which its type does not say. */
function wanted(namespace: Params['namespace']): string {
  if (namespace !== undefined) return namespace;
  throw new PluginError('bad-parameters', 'the step names neither keys nor a namespace', false);
}
