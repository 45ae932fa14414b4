import { z } from 'zod';
import { issueParams } from '../catalog/check-schema.js';
import { dnsLabel, duration, parametersReading, qualifiedName } from '../catalog/schema-fields.js';
import { STANDING_ROOTS } from '../catalog/template-syntax.js';
import type { Issue } from '../catalog/yaml-position.js';
import type { Json } from '../core/json.js';
import type { Template } from '../core/template.js';

/** A probe that is asked all the time, as firebreak.yaml describes it. */
export interface StandingProbe {
  readonly name: string;
  /** `<plugin>/<probe>`. */
  readonly probe: string;
  readonly with: Template<Json>;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Which centres its answers are about: each of the topology, one, or none. */
  readonly of: 'each' | 'none' | { readonly center: string };
  /** Says where in firebreak.yaml something about it stands; the path begins within this probe. */
  readonly explain: (issue: Issue) => string;
}

/** More would be a monitoring of its own. */
const MOST_PROBES = 20;
const DAY_MS = 86_400_000;

const standingProbe = z
  .strictObject({
    name: dnsLabel,
    probe: qualifiedName,
    with: parametersReading(STANDING_ROOTS).prefault({}),
    every: duration(100, DAY_MS).prefault('5s'),
    timeout: duration(10, 60_000).prefault('5s'),
    each: z.literal('centers').optional(),
    center: dnsLabel.optional(),
  })
  .refine(({ each, center }) => each === undefined || center === undefined, {
    path: ['center'],
    error: 'says either each: centers or center: <id>, not both',
  });

/** `probes` of firebreak.yaml. */
export const standingProbesSchema = z
  .array(standingProbe)
  .max(MOST_PROBES)
  .superRefine((probes, ctx) => {
    const names = probes.map(({ name }) => name);
    for (const [i, name] of names.entries()) {
      const message = `"${name}" is the name of an earlier probe already`;
      if (names.indexOf(name) < i)
        ctx.addIssue({ code: 'custom', message, path: [i, 'name'], params: issueParams({}) });
    }
  })
  .default([]);

/**
 * Gives the standing probes the shape that the service works with.
 *
 * @param explain says where in the file an issue stands
 */
export function standingProbesFrom(
  probes: z.output<typeof standingProbesSchema>,
  explain: (issue: Issue) => string,
): readonly StandingProbe[] {
  return probes.map(({ name, probe, with: parameters, every, timeout, each, center }, i) => ({
    name,
    probe,
    with: parameters,
    everyMs: every,
    timeoutMs: timeout,
    of: each === 'centers' ? 'each' : center === undefined ? 'none' : { center },
    explain: (issue) => explain({ ...issue, path: ['probes', i, ...issue.path] }),
  }));
}
