import type { BlastRadius, Guards, StormRule } from '../core/runbook.js';
import type { RunbookFile } from './runbook-schema.js';

type GuardsFile = RunbookFile['spec']['guards'];

/** Gives the brakes of a runbook file the shape that the core works with; what was taken off is not there. */
export function toGuards({ cooldown, maxAlertAge, windows, require, ...brakes }: GuardsFile): Guards {
  const { rate, blastRadius, storm, recurrence } = brakes;
  return {
    cooldownMs: cooldown,
    maxAlertAgeMs: maxAlertAge,
    ...(rate === undefined ? {} : { rate: { limit: rate.limit, perMs: rate.per } }),
    ...(blastRadius === undefined ? {} : { blastRadius: toBlastRadius(blastRadius) }),
    ...(storm === 'off' ? {} : { storm: toStorm(storm, blastRadius?.by) }),
    ...(windows.only.length + windows.never.length === 0 ? {} : { windows }),
    require,
    ...(recurrence === 'off' ? {} : { recurrence: { limit: recurrence.limit, perMs: recurrence.per } }),
  };
}

function toBlastRadius({ by, limit, percent, per }: NonNullable<GuardsFile['blastRadius']>): BlastRadius {
  return {
    by,
    perMs: per,
    ...(limit === undefined ? {} : { limit }),
    ...(percent === undefined ? {} : { percent }),
  };
}

/** Troubles are counted in the groups that the blast radius speaks of, unless the storm names its own. */
function toStorm(storm: Exclude<GuardsFile['storm'], 'off'>, group: string | undefined): StormRule {
  const { distinctTargets, per, percent, by = group, calm, propose } = storm;
  return {
    distinctTargets,
    perMs: per,
    percent,
    calmMs: calm,
    ...(by === undefined ? {} : { by }),
    ...(propose === undefined ? {} : { propose }),
  };
}
