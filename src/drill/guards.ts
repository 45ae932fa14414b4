import { formatDuration } from '../core/duration.js';
import { globMatches } from '../core/glob.js';
import { tooBad } from './abort.js';
import type { Drill } from './drill-schema.js';
import type { DrillParts } from './ports.js';
import { statusOf, timesOf } from './readings.js';
import { messageOf } from '../core/message-of.js';

/** Samples are asked for by this machine's clock: were it wrong, every figure would be wrong by as much. */
export const MOST_APART_MS = 1_000;

/**
 * Says why no fault may be made now, if anything speaks against it: a runbook that Firebreak does not know, a pause, an
 * execution that is open on the target, or a fault that is in force already.
 */
export async function obstacleTo({ spec }: Drill, { service, injector }: DrillParts): Promise<string | undefined> {
  const { runbook } = spec.expect;
  if (runbook !== 'none' && !(await service.runbooks()).includes(runbook))
    return `Firebreak has no runbook ${runbook}, so nobody could answer`;
  const pause = (await service.pauses()).find(({ scope }) => concerns(scope, spec.target, runbook));
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
  const asked = clock.now();
  const [theirs = NaN] = await measures.now('time()');
  const to = clock.now();
  const apart = Math.max(asked - theirs * 1000, theirs * 1000 - to, 0);
  if (Number.isNaN(apart)) return 'Prometheus does not say what time it is';
  if (apart > MOST_APART_MS)
    return `the clocks of this machine and of Prometheus are ${formatDuration(Math.round(apart))} apart`;
  const times = timesOf(to - spec.steady, to, spec.every);
  for (const { name, query, is } of spec.slo) {
    const series = await measures.range(query, to - spec.steady, to, spec.every).catch((error: unknown) => {
      throw new Error(`${name}: ${messageOf(error)}`, { cause: error });
    });
    const bad = times.map((at) => statusOf(series, at, is)).find(({ status }) => status !== 'held');
    if (bad !== undefined) return `${name} does not hold before the drill: ${bad.detail}`;
  }
  const { felt } = spec.expect;
  if (felt !== undefined) {
    const values = await measures.now(felt.query).catch((error: unknown) => {
      throw new Error(`felt: ${messageOf(error)}`, { cause: error });
    });
    if (values.length > 0 && values.every((value) => !Number.isNaN(value) && felt.is.holds(value)))
      return `${felt.query} ${felt.is.text} holds before the fault: it could not show that the fault was felt`;
  }
  const bad = await tooBad(spec, measures);
  return bad === undefined ? undefined : `the drill would be aborted at once: ${bad}`;
}
