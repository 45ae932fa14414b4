import { formatDuration } from '../core/duration.js';
import type { BlastRadius, Guards, ProbeSpec, StormRule } from '../core/runbook.js';
import type { Windows } from '../core/window.js';

/** The brakes of a runbook, spelled as in its file; one that was taken off says so. */
export function guardsView(guards: Guards) {
  const { cooldownMs, maxAlertAgeMs, rate, blastRadius, storm, windows, require, recurrence } = guards;
  return {
    cooldown: formatDuration(cooldownMs),
    maxAlertAge: formatDuration(maxAlertAgeMs),
    ...(rate === undefined ? {} : { rate: limitView(rate) }),
    ...(blastRadius === undefined ? {} : { blastRadius: blastRadiusView(blastRadius) }),
    storm: storm === undefined ? 'off' : stormView(storm),
    ...(windows === undefined ? {} : { windows: windowsView(windows) }),
    ...(require.length === 0 ? {} : { require: require.map(probeView) }),
    recurrence: recurrence === undefined ? 'off' : limitView(recurrence),
  };
}

/** A probe with its parameters, as they are written. */
export function probeView({ probe, with: parameters }: ProbeSpec) {
  return { probe, with: parameters.source };
}

function limitView({ limit, perMs }: { readonly limit: number; readonly perMs: number }) {
  return { limit, per: formatDuration(perMs) };
}

function blastRadiusView({ by, limit, percent, perMs }: BlastRadius) {
  return {
    by,
    ...(limit === undefined ? {} : { limit }),
    ...(percent === undefined ? {} : { percent }),
    per: formatDuration(perMs),
  };
}

function stormView({ distinctTargets, perMs, percent, by, calmMs, propose }: StormRule) {
  return {
    distinctTargets,
    per: formatDuration(perMs),
    percent,
    ...(by === undefined ? {} : { by }),
    calm: formatDuration(calmMs),
    ...(propose === undefined ? {} : { propose }),
  };
}

function windowsView({ only, never }: Windows) {
  return { only: only.map(({ source }) => source), never: never.map(({ source }) => source) };
}
