import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { NamedRedis } from '../../clients/redis-servers.js';
import type { Level } from '../lift.js';
import type { Limit } from '../limit.js';
import type { BucketServer } from './config.js';
import type { Params } from './params.js';
import { lookAt, replace } from './stored-limit.js';

/** Gives the limit of the bucket that the parameters name. */
export function limitOf(node: NamedRedis<BucketServer>, { server, bucket }: Params): Limit {
  const key = node.config.prefix + bucket;
  const name = `rate of ${key} at ${node.name}`;
  const assertKnown = (level: Level): Level => {
    if (level !== null || node.config.buckets !== undefined) return level;
    const detail = `${key} is not there: look at the name, or list the bucket in the configuration to have a limit made`;
    throw new PluginError('unknown-bucket', detail, false);
  };
  return {
    resource: `redis-bucket/${server}/${bucket}`,
    attribute: 'rate',
    name,
    unit: ' per second',
    read: (signal) => node.use(signal, async (redis) => assertKnown((await lookAt(redis, node, key)).stored.rate)),
    write: (from, to, call) =>
      node.use(call.signal, async (redis) => {
        const changed = `${name}: the limit is not as it was just seen: somebody changed it meanwhile`;
        const refuse = () => new PluginError('changed-meanwhile', changed, false);
        const seen = await lookAt(redis, node, key);
        if (seen.stored.rate !== from) throw refuse();
        await call.fence();
        call.signal.throwIfAborted();
        if (!(await replace(redis, node, key, seen, to))) throw refuse();
      }),
  };
}
