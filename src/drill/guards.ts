import { globMatches } from '../core/glob.js';
import type { Drill } from './drill-schema.js';
import type { DrillParts } from './ports.js';
import { statusOf, timesOf } from './readings.js';

/**
 * Says why no fault may be made now, if anything speaks against it: a pause, an execution that is open on the target, or
 * a fault that is in force already.
 */
export async function obstacleTo({ spec }: Drill, { service, injector }: DrillParts): Promise<string | undefined> {
  const pause = (await service.pauses()).find(({ scope }) => concerns(scope, spec.target, spec.expect.runbook));
  if (pause !== undefined) return `a pause of ${pause.scope} is in force (${pause.reason})`;
  const [open] = await service.openOn(spec.target);
  if (open !== undefined) return `${open} is open on ${spec.target}: wait until it is closed`;
  return injector.obstacle();
}

/** A pause of a plugin may hit any runbook; one of another runbook or target does not matter here. */
function concerns(scope: string, target: string, runbook: string): boolean {
  if (scope.startsWith('runbook:')) return runbook === 'none' || scope === `runbook:${runbook}`;
  return scope.startsWith('target:') ? globMatches(scope.slice('target:'.length), target) : true;
}

/** Says what does not hold before anything is done; undefined when everything has held for as long as is asked. */
export async function unsteady({ spec }: Drill, { clock, measures }: DrillParts): Promise<string | undefined> {
  const to = clock.now();
  const times = timesOf(to - spec.steady, to, spec.every);
  for (const { name, query, is } of spec.slo) {
    const series = await measures.range(query, to - spec.steady, to, spec.every);
    const bad = times.map((at) => statusOf(series, at, is)).find(({ status }) => status !== 'held');
    if (bad !== undefined) return `${name} does not hold before the drill: ${bad.detail}`;
  }
  for (const { query, is } of spec.abortIf) {
    const values = await measures.now(query);
    if (values.some((value) => is.holds(value))) return `the drill would be aborted at once: ${query} ${is.text}`;
  }
  return undefined;
}
