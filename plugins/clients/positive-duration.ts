import { z } from 'zod';
import { parseDuration } from '../../src/plugin-sdk/index.js';

/**
 * Makes the schema of a Prometheus duration longer than 0, parsed to milliseconds.
 *
 * @param preset what holds when none is given, for example `2s`
 * @param what is said to be too short, as in "a time-out must be longer than 0"
 */
export function positiveDuration(preset: string, what?: string) {
  return z.string().default(preset).transform(milliseconds(what));
}

/**
 * Makes the schema of a Prometheus duration longer than 0 that must be given, parsed to milliseconds.
 *
 * @param what is said to be too short
 */
export function requiredDuration(what?: string) {
  return z.string().transform(milliseconds(what));
}

function milliseconds(what: string | undefined) {
  return (text: string, context: z.RefinementCtx<string>): number => {
    const parsed = parseDuration(text);
    if (parsed.ok && parsed.ms > 0) return parsed.ms;
    const tooShort = `${what === undefined ? '' : `${what} `}must be longer than 0`;
    context.addIssue({ code: 'custom', message: parsed.ok ? tooShort : parsed.detail });
    return z.NEVER;
  };
}
