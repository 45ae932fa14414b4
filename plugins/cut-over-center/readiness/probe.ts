import { PluginError } from '../../../src/plugin-sdk/index.js';
import { checkDrill } from './check-drill.js';
import { checkHeadroom } from './check-headroom.js';
import { checkLag } from './check-lag.js';
import { checkPolicies } from './check-policies.js';
import type { Ask } from './figures.js';
import { untold, type Finding } from './finding.js';
import { judge } from './judge.js';
import type { ReadinessKit } from './kit.js';
import { paramsSchema, type Params } from './params.js';

const CHECKS = { headroom: checkHeadroom, lag: checkLag, policies: checkPolicies, drill: checkDrill };

/** Makes the probe that says whether a centre is ready to take over from another. */
export function readinessProbe({ probe, config }: ReadinessKit) {
  return probe({
    summary: 'Check whether a centre is ready to take over: headroom, lag, policies, age of the last drill',
    params: paramsSchema(config.readiness),
    async measure({ client, params, signal, log }) {
      const ask = client.readiness.during(signal, log);
      const found = await Promise.all(Object.entries(CHECKS).map(([name, check]) => tried(name, check, params, ask)));
      signal.throwIfAborted();
      return judge(
        params.center,
        params.from,
        found.filter((one) => one !== undefined),
      );
    },
  });
}

/** A check that cannot be made must not hide what the others found. */
async function tried(
  name: string,
  check: (params: Params, ask: Ask) => Promise<Finding | undefined>,
  params: Params,
  ask: Ask,
): Promise<Finding | undefined> {
  try {
    return await check(params, ask);
  } catch (error) {
    if (error instanceof PluginError && error.code !== 'aborted') return untold(name, error.message);
    throw error;
  }
}
