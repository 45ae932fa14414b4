import { checkParameters } from './check-parameters.js';
import { isUnconfigured, type Names } from './names.js';
import type { RunbookGlance } from './runbook-glance.js';
import { unknownWord } from './suggestion.js';
import type { Issue, Path } from './yaml-position.js';

type Spec = RunbookGlance['spec'];
type Step = Spec['steps'][number];
type Probe = Pick<Spec['guards']['require'][number], 'probe' | 'with'>;
type Verify = Spec['verify'];

/** Holds a runbook against the plugins: whether they have what it names, and whether they would take its parameters. */
export function checkPlugins({ spec }: RunbookGlance, names: Names): Issue[] {
  const { steps, verify, guards, notify } = spec;
  const required: Path = ['spec', 'guards', 'require'];
  return [
    ...steps.flatMap((step, i) => checkStep(step, ['spec', 'steps', i], spec, names)),
    ...guards.require.flatMap((probe, i) => checkProbe(probe, [...required, i], names)),
    ...steps.flatMap((step, i) => checkVerify(step.verify, ['spec', 'steps', i, 'verify'], names)),
    ...checkVerify(verify, ['spec', 'verify'], names),
    ...notify.flatMap((name, i) => checkNotifier(name, ['spec', 'notify', i], names)),
  ];
}

function checkStep(step: Step, path: Path, spec: Spec, names: Names): Issue[] {
  if (step.uses === undefined) return [];
  const action = names.actions.get(step.uses);
  if (action === undefined) return unknown('action', step.uses, names.actions.keys(), [...path, 'uses'], names);
  const takesBack = [
    ...(spec.onUnhealthy === 'revert' ? ['onUnhealthy: revert (the default; write hold)'] : []),
    ...(spec.lease === undefined ? [] : ['lease']),
    ...(spec.onResolved === 'revert' ? ['onResolved: revert'] : []),
  ];
  const message = `${step.uses} cannot be taken back, which ${takesBack.join(' and ')} would need`;
  const irreversible = action.reversible || takesBack.length === 0 ? [] : [{ path: [...path, 'uses'], message }];
  return [...irreversible, ...checkParameters(action.params, step.with, [...path, 'with'])];
}

function checkVerify(verify: Verify, path: Path, names: Names): Issue[] {
  if (verify === undefined) return [];
  const guards = verify.guards.flatMap((probe, i) => checkProbe(probe, [...path, 'guards', i], names));
  return [...checkProbe(verify, path, names), ...guards];
}

function checkProbe(probe: Probe, path: Path, names: Names): Issue[] {
  if (probe.probe === undefined) return [];
  const known = names.probes.get(probe.probe);
  if (known !== undefined) return checkParameters(known.params, probe.with, [...path, 'with']);
  return unknown('probe', probe.probe, names.probes.keys(), [...path, 'probe'], names);
}

function checkNotifier(name: string | undefined, path: Path, names: Names): Issue[] {
  if (name === undefined || names.notifiers.has(name)) return [];
  return unknown('notifier', name, names.notifiers, path, names);
}

/** What belongs to a plugin without a configuration is not known, and the runbook rests meanwhile. */
function unknown(what: string, name: string, known: Iterable<string>, path: Path, names: Names): Issue[] {
  if (isUnconfigured(name, names)) return [];
  return [{ path, message: unknownWord(`unknown ${what}`, name, [...known], 'known') }];
}
