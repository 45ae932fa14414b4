import type { RunbookGlance } from './runbook-glance.js';
import { unknownWord } from './suggestion.js';
import type { Topology } from './topology.js';
import type { Issue } from './yaml-position.js';

type Spec = RunbookGlance['spec'];

const CUT_OVER = 'cut-over-center/';

/** Holds a runbook against the topology: cut-overs against its assertions, names against its centres, shares against its groups. */
export function checkAgainstTopology({ spec }: RunbookGlance, topology: Topology): Issue[] {
  const shares = [...checkShare(spec, topology), ...checkChoice(spec, topology)];
  const cutOver = spec.steps.findIndex((step) => step.uses?.startsWith(CUT_OVER) === true);
  const asserted =
    topology.assertions.length === 0
      ? []
      : [...(cutOver < 0 ? [] : needsServing(spec, cutOver)), ...checkServing(spec, topology)];
  return [...shares, ...asserted, ...checkMode(spec, cutOver, topology)];
}

/** Rest after a move keeps nobody in service, so by itself it is no reason to go ahead. */
function checkMode({ mode }: Spec, cutOver: number, { assertions }: Topology): Issue[] {
  if (mode !== 'auto' || cutOver < 0 || assertions.some(({ antiFlap }) => antiFlap === undefined)) return [];
  const message =
    'a cut-over runs by itself only when the topology has "assertions" with minServing or minCapacity: ' +
    'add them there, or write mode: approve';
  return [{ path: ['spec', 'mode'], message }];
}

/** What is named outright must be there, and only what is chosen can be read. */
function checkChoice(spec: Spec, { centers, services }: Topology): Issue[] {
  const { chooseCenter } = spec;
  if (chooseCenter === undefined) {
    if (!JSON.stringify(spec).includes('topology.chosen')) return [];
    const message = "topology.chosen needs spec.chooseCenter: add chooseCenter: { insteadOf: '{{labels.center}}' }";
    return [{ path: ['spec'], onKey: true, message }];
  }
  const { insteadOf, service } = chooseCenter;
  return [
    ...unknownName('chooseCenter', 'insteadOf', 'centre', insteadOf, Object.keys(centers)),
    ...unknownName('chooseCenter', 'service', 'service', service, Object.keys(services)),
  ];
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
  return (['out', 'in'] as const).flatMap((key) => unknownName('serving', key, 'centre', serving?.[key], known));
}

function unknownName(
  part: string,
  key: string,
  what: string,
  name: string | undefined,
  known: readonly string[],
): Issue[] {
  if (name === undefined || name === '' || name.includes('{{') || known.includes(name)) return [];
  const message = `spec.${part}.${key}: ${unknownWord(`unknown ${what}`, name, known, 'known')}`;
  return [{ path: ['spec', part, key], message }];
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
