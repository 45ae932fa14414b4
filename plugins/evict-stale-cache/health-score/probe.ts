import { judge } from './judge.js';
import type { HealthScoreKit } from './kit.js';
import { paramsSchema } from './params.js';

/** Makes the probe that says whether a cache is to be used, only read, or bypassed. */
export function healthScoreProbe({ probe, config }: HealthScoreKit) {
  return probe({
    summary: 'Score a cache by hits, latency and fallbacks of the last minute: use it, only read it, or bypass it',
    params: paramsSchema(config.healthScore),
    async measure({ client, params, signal, log }) {
      const { windows, target } = await client.healthScore.look(params.cache, signal, log);
      return judge(windows, { ...params, target });
    },
  });
}
