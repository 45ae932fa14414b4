import type { RunbookGlance } from './runbook-glance.js';
import { unknownWord } from './suggestion.js';
import type { Topology } from './topology.js';
import type { Issue } from './yaml-position.js';

type Spec = RunbookGlance['spec'];

const CUT_OVER = 'cut-over-center/';

/** Holds a runbook against the topology: cut-overs against its assertions, shares against its groups. */
export function checkAgainstTopology({ spec }: RunbookGlance, topology: Topology): Issue[] {
  const shares = checkShare(spec, topology);
  const cutOver = spec.steps.findIndex((step) => step.uses?.startsWith(CUT_OVER) === true);
  if (topology.assertions.length > 0) {
    return [...shares, ...(cutOver < 0 ? [] : needsServing(spec, cutOver)), ...checkServing(spec, topology)];
  }
  if (spec.mode !== 'auto' || cutOver < 0) return shares;
  const message =
    'a cut-over runs by itself only when the topology has "assertions": add them there, or write mode: approve';
  return [...shares, { path: ['spec', 'mode'], message }];
}

function needsServing({ serving }: Spec, step: number): Issue[] {
  if (serving !== undefined) return [];
  const message =
    "a cut-over needs spec.serving, so that the topology's assertions can be held against it: " +
    "write for example serving: { out: '{{labels.center}}' }";
  return [{ path: ['spec', 'steps', step, 'uses'], message }];
}

/** A centre that is named outright must be there; what a template gives is not known yet. */
function checkServing({ serving }: Spec, { centers }: Topology): Issue[] {
  const known = Object.keys(centers);
  return (['out', 'in'] as const).flatMap((key) => {
    const name = serving?.[key];
    if (name === undefined || name === '' || name.includes('{{') || known.includes(name)) return [];
    const message = `spec.serving.${key}: ${unknownWord('unknown centre', name, known, 'known')}`;
    return [{ path: ['spec', 'serving', key], message }];
  });
}

/** A share of a group of unknown size is no number, so every alert would be refused. */
function checkShare({ guards: { blastRadius } }: Spec, { groups }: Topology): Issue[] {
  if (blastRadius?.percent === undefined || blastRadius.by === undefined) return [];
  const known = Object.keys(groups).filter((label) => Object.keys(groups[label] ?? {}).length > 0);
  if (known.includes(blastRadius.by)) return [];
  const message =
    `spec.guards.blastRadius.percent: ${unknownWord('the topology has no groups by', blastRadius.by, known, 'known')}; ` +
    'describe them there under "groups", or write a limit';
  return [{ path: ['spec', 'guards', 'blastRadius', 'percent'], message }];
}
