import { z } from 'zod';
import { parseDuration } from '../../src/plugin-sdk/index.js';

/**
 * Makes the schema of a `timeout` in a plugin's configuration: a Prometheus duration, parsed to milliseconds.
 *
 * @param preset what holds when none is given, for example `2s`
 */
export function timeoutSchema(preset: string) {
  return z
    .string()
    .default(preset)
    .transform((text, context) => {
      const parsed = parseDuration(text);
      if (parsed.ok && parsed.ms > 0) return parsed.ms;
      context.addIssue({ code: 'custom', message: parsed.ok ? 'a time-out must be longer than 0' : parsed.detail });
      return z.NEVER;
    });
}
