import { z } from 'zod';
import { parseWindow } from '../core/window.js';
import { dnsLabel, duration, MEMORY_MS, orOff, parameters, qualifiedName } from './schema-fields.js';

/** A whole number of things, at least one. */
export const count = z.int().min(1);

/** The most probes that are asked together. */
export const MAX_PROBES = 10;

/** A probe and its parameters. */
export const probe = { probe: qualifiedName, with: parameters.prefault({}) };

const label = z.string().min(1);
const percent = z.number().min(1).max(100);

const window = z.string().transform((text, ctx) => {
  const parsed = parseWindow(text);
  if (parsed.ok) return parsed.window;
  ctx.addIssue(parsed.detail);
  return z.NEVER;
});

const blastRadius = z
  .strictObject({ by: label, limit: count.optional(), percent: percent.optional(), per: duration(1) })
  .refine(({ limit, percent: share }) => limit !== undefined || share !== undefined, {
    error: 'needs a limit (a number of runs), a percent (a share of the group), or both',
  });

const storm = z.strictObject({
  distinctTargets: count.default(5),
  per: duration(1).prefault('10m'),
  percent: percent.default(40),
  by: label.optional(),
  calm: duration(1).prefault('10m'),
  propose: dnsLabel.optional(),
});

const recurrence = z.strictObject({ limit: count.default(5), per: duration(1, MEMORY_MS).prefault('7d') });

/** The brakes of a runbook; those that are on by themselves are taken off by the word `off`. */
export const guards = z.strictObject({
  cooldown: duration(0, MEMORY_MS).prefault('1h'),
  maxAlertAge: duration(1).prefault('1h'),
  rate: z.strictObject({ limit: count, per: duration(1) }).optional(),
  blastRadius: blastRadius.optional(),
  storm: orOff(storm).prefault({}),
  windows: z.strictObject({ only: z.array(window).default([]), never: z.array(window).default([]) }).prefault({}),
  require: z.array(z.strictObject(probe)).max(MAX_PROBES).default([]),
  recurrence: orOff(recurrence).prefault({}),
});
