import { z } from 'zod';
import type { HealthConfig } from './config.js';
import { EXPECTATIONS, judge } from './judge.js';
import type { HealthKit } from './kit.js';

/** Makes the probe that says whether a centre is up, by everybody who looks at it. */
export function healthProbe({ probe, config }: HealthKit) {
  return probe({
    summary: 'Ask the health address of a centre from every vantage point',
    params: z.strictObject({ center: centerSchema(config.health), expect: z.enum(EXPECTATIONS).default('up') }),
    async measure({ client, params: { center, expect }, signal }) {
      return judge(expect, await client.health.look(center, signal));
    },
  });
}

function centerSchema(config: HealthConfig | undefined): z.ZodType<string> {
  if (config !== undefined) return z.enum(Object.keys(config.centers));
  return z.string().refine(() => false, 'no centre is configured: name them under health.centers of the plugin');
}
