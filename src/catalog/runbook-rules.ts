import { isUnconfigured, type Names } from './names.js';
import { checkParameters } from './check-parameters.js';
import type { RunbookGlance } from './runbook-glance.js';
import { unknownWord } from './suggestion.js';
import type { Issue, Path } from './yaml-position.js';

/** What a runbook is held against besides its own schema. */
export interface RunbookContext {
  readonly names: Names;
  /** The topology says what must stay true in every cut-over. */
  readonly hasAssertions: boolean;
}

const CUT_OVER = 'cut-over-center/';

/** Finds what is wrong between the parts of a runbook, and between it and the plugins and the topology. */
export function checkRules(glance: RunbookGlance, { names, hasAssertions }: RunbookContext): Issue[] {
  return [
    ...sameNames(glance),
    ...glance.spec.steps.flatMap((step, i) => checkStep(step, ['spec', 'steps', i], glance, names)),
    ...checkProbe(glance, names),
    ...checkNotify(glance, names),
    ...checkLease(glance),
    ...(hasAssertions ? [] : checkCutOver(glance)),
  ];
}

type Step = RunbookGlance['spec']['steps'][number];

function sameNames({ spec }: RunbookGlance): Issue[] {
  const stepNames = spec.steps.map((step) => step.name);
  return stepNames.flatMap((name, i) =>
    name === undefined || stepNames.indexOf(name) === i
      ? []
      : [
          {
            path: ['spec', 'steps', i, 'name'],
            message: `spec.steps[${i}].name: "${name}" is the name of an earlier step already`,
          },
        ],
  );
}

function checkStep(step: Step, path: Path, { spec }: RunbookGlance, names: Names): Issue[] {
  if (step.uses === undefined) return [];
  const action = names.actions.get(step.uses);
  if (action === undefined) {
    if (isUnconfigured(step.uses, names)) return [];
    return [
      {
        path: [...path, 'uses'],
        message: unknownWord('unknown action', step.uses, [...names.actions.keys()], 'known'),
      },
    ];
  }
  const takesBack = [
    ...(spec.onUnhealthy === 'revert' ? ['onUnhealthy: revert (the default; write hold)'] : []),
    ...(spec.lease === undefined ? [] : ['lease']),
    ...(spec.onResolved === 'revert' ? ['onResolved: revert'] : []),
  ];
  const irreversible: Issue[] =
    action.reversible || takesBack.length === 0
      ? []
      : [
          {
            path: [...path, 'uses'],
            message: `${step.uses} cannot be taken back, which ${takesBack.join(' and ')} would need`,
          },
        ];
  return [...irreversible, ...checkParameters(action.params, step.with, [...path, 'with'])];
}

function checkProbe({ spec: { verify } }: RunbookGlance, names: Names): Issue[] {
  if (verify?.probe === undefined) return [];
  const probe = names.probes.get(verify.probe);
  if (probe !== undefined) return checkParameters(probe.params, verify.with, ['spec', 'verify', 'with']);
  if (isUnconfigured(verify.probe, names)) return [];
  return [
    {
      path: ['spec', 'verify', 'probe'],
      message: unknownWord('unknown probe', verify.probe, [...names.probes.keys()], 'known'),
    },
  ];
}

function checkNotify({ spec }: RunbookGlance, names: Names): Issue[] {
  return spec.notify.flatMap((name, i) =>
    name === undefined || names.notifiers.has(name) || isUnconfigured(name, names)
      ? []
      : [
          {
            path: ['spec', 'notify', i],
            message: unknownWord('unknown notifier', name, [...names.notifiers], 'known'),
          },
        ],
  );
}

function checkLease({ spec }: RunbookGlance): Issue[] {
  if (spec.onResolved !== 'revert' || spec.lease !== undefined) return [];
  const message = 'onResolved: revert needs a lease, because "resolved" may never come: add for example lease: 30m';
  return [{ path: ['spec', 'onResolved'], message }];
}

function checkCutOver({ spec }: RunbookGlance): Issue[] {
  const cutsOver = spec.steps.some((step) => step.uses?.startsWith(CUT_OVER) === true);
  if (spec.mode !== 'auto' || !cutsOver) return [];
  const message =
    'a cut-over runs by itself only when the topology has "assertions": add them there, or write mode: approve';
  return [{ path: ['spec', 'mode'], message }];
}
