import type { Measurement } from '../../../src/plugin-sdk/index.js';
import { bytesBehind, whyNoReplica } from './following.js';
import type { RedisKit } from './kit.js';
import { lagSchema } from './params.js';

/** Makes the probe that measures how far a replica is behind its primary. */
export function lagProbe({ probe, config }: RedisKit) {
  return probe({
    summary: 'How many bytes a Redis replica is behind its primary',
    params: lagSchema(config),

    async measure({ client, params, signal }): Promise<Measurement> {
      const cluster = client.redis.get(params.cluster);
      const [from, to] = [cluster.node(params.from), cluster.node(params.to)];
      // The replica first, so that what comes in between makes the lag larger and never smaller.
      const replica = { node: to, state: await to.state(signal) };
      const primary = await from.stateIfReachable(signal);
      if (primary === undefined) return { status: 'unknown', detail: `${from.name} does not answer` };
      const why = whyNoReplica(replica, from, primary);
      if (why !== undefined) return { status: 'unhealthy', detail: why };
      cluster.saw(params.from, { at: primary.now, history: primary.history, offset: primary.offset });
      const lagBytes = bytesBehind(replica.state, primary);
      const silentSeconds = replica.state.following?.silentForSeconds ?? 0;
      const values = { lagBytes, silentSeconds };
      const detail = `${to.name} is ${lagBytes} bytes behind ${from.name}, which it heard ${silentSeconds} s ago`;
      const healthy = lagBytes <= params.most && silentSeconds * 1_000 <= params.silentFor;
      return { status: healthy ? 'healthy' : 'unhealthy', value: lagBytes, values, detail };
    },
  });
}
