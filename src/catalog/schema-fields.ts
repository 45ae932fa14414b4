import { z } from 'zod';
import { formatDuration, parseDuration } from '../core/duration.js';
import { issueParams } from './check-schema.js';
import { shown } from './explain-issue.js';
import type { Compiled } from './template-engine.js';
import { compileJson } from './template-engine.js';
import { ROOTS, type Roots } from './template-syntax.js';

/** A name that can stand in labels, addresses and keys: a DNS label. */
export const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a DNS label: a-z, 0-9 and -, at most 63 characters');

/** A text for people, on one line. */
export const title = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{C}*$/u, 'must be on one line');

/** A name of a person, a program or a role, as journals show it. */
export const shortName = z.string().regex(/^[a-z0-9][a-z0-9._@-]{0,62}$/, 'must be a short name: a-z, 0-9 and . _ @ -');

/** `<plugin>/<name>`: how runbooks name actions, probes and notifiers. */
export const qualifiedName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/, 'must be written <plugin>/<name>, such as prometheus/query');

const DAY_MS = 86_400_000;

/**
 * A Prometheus duration, as milliseconds.
 *
 * @param min shortest that is allowed
 * @param max longest that is allowed
 */
export function duration(min: number, max: number = 366 * DAY_MS) {
  const example = 'must be a duration such as 90s, 10m or 1h30m';
  return z.string({ error: ({ input }) => (input === undefined ? undefined : example) }).transform((text, ctx) => {
    const parsed = parseDuration(text);
    if (!parsed.ok) ctx.addIssue(parsed.detail);
    else if (parsed.ms < min) ctx.addIssue(`must be at least ${formatDuration(min)}`);
    else if (parsed.ms > max) ctx.addIssue(`must be at most ${formatDuration(max)}`);
    return parsed.ok ? parsed.ms : z.NEVER;
  });
}

// Longest time that a timer of the runtime can wait for is 24 days; nobody waits longer than this for one call.
/** How long one call to a plugin may take. */
export const callDuration = duration(1, DAY_MS);

/** What was done to a target or for an alert is remembered for 30 days: no brake can look further back. */
export const MEMORY_MS = 30 * DAY_MS;

/** A brake that is on unless somebody takes it off by name: the word `off` stands in place of its settings. */
export function orOff<T extends z.ZodObject>(settings: T) {
  return z.union([z.literal('off'), settings], {
    error: ({ input }) => (input === undefined ? undefined : `must be a map, or off; not ${shown(input)}`),
  });
}

/** A text compiled as a template by the given compiler. */
export function template(compile: (text: string) => Compiled<string>) {
  return z
    .string()
    .min(1)
    .transform((text, ctx) => {
      const compiled = compile(text);
      if (compiled.ok) return compiled.template;
      for (const mistake of compiled.mistakes)
        ctx.addIssue({ code: 'custom', message: mistake.message, params: issueParams(mistake) });
      return z.NEVER;
    });
}

/**
 * Parameters for a plugin: a map whose leaf texts may be templates.
 *
 * @param roots what these may read
 */
export function parametersReading(roots: Roots) {
  return z.record(z.string(), z.json()).transform((tree, ctx) => {
    const compiled = compileJson(tree, roots);
    if (compiled.ok) return compiled.template;
    for (const mistake of compiled.mistakes) {
      ctx.addIssue({ code: 'custom', message: mistake.message, path: [...mistake.path], params: issueParams(mistake) });
    }
    return z.NEVER;
  });
}

/** Parameters in a runbook. */
export const parameters = parametersReading(ROOTS);
