import { formatDuration, parseDuration } from '../core/duration.js';
import type { Names } from './names.js';
import { checkPlugins } from './plugin-rules.js';
import type { RunbookGlance } from './runbook-glance.js';
import type { Topology } from './topology.js';
import { checkAgainstTopology } from './topology-demands.js';
import { formatPath, type Issue, type Path } from './yaml-position.js';

/** What a runbook is held against besides its own schema. */
export interface RunbookContext {
  readonly names: Names;
  /** Absent while it cannot be read: then nothing is held against it. */
  readonly topology?: Topology;
}

/** Finds what is wrong between the parts of a runbook, and between it and the plugins and the topology. */
export function checkRules(glance: RunbookGlance, { names, topology }: RunbookContext): Issue[] {
  const { steps, verify } = glance.spec;
  return [
    ...sameNames(steps, ['spec', 'steps'], 'step'),
    ...steps.flatMap((step, i) =>
      sameNames(step.verify?.guards ?? [], ['spec', 'steps', i, 'verify', 'guards'], 'guard metric'),
    ),
    ...sameNames(verify?.guards ?? [], ['spec', 'verify', 'guards'], 'guard metric'),
    ...checkPlugins(glance, names),
    ...checkLease(glance),
    ...checkExpiry(glance),
    ...(topology === undefined ? [] : checkAgainstTopology(glance, topology)),
  ];
}

function sameNames(parts: readonly { readonly name?: string | undefined }[], path: Path, what: string): Issue[] {
  const names = parts.map((part) => part.name);
  return names.flatMap((name, i) => {
    if (name === undefined || names.indexOf(name) === i) return [];
    const message = `${formatPath(path)}[${i}].name: "${name}" is the name of an earlier ${what} already`;
    return [{ path: [...path, i, 'name'], message }];
  });
}

function checkLease({ spec: { lease, maxLease, onResolved } }: RunbookGlance): Issue[] {
  const found: Issue[] = [];
  if (onResolved === 'revert' && lease === undefined) {
    const message = 'onResolved: revert needs a lease, because "resolved" may never come: add for example lease: 30m';
    found.push({ path: ['spec', 'onResolved'], message });
  }
  if (maxLease === undefined) return found;
  const path = ['spec', 'maxLease'];
  if (lease === undefined) {
    return [...found, { path, message: 'maxLease needs a lease that it limits: add for example lease: 30m' }];
  }
  const [short, long] = [lengthOf(lease), lengthOf(maxLease)];
  if (short === undefined || long === undefined || long >= short) return found;
  return [
    ...found,
    { path, message: `maxLease must be at least as long as the lease, which is ${formatDuration(short)}` },
  ];
}

/** What is no duration is found by the schema. */
function lengthOf(value: unknown): number | undefined {
  const parsed = typeof value === 'string' ? parseDuration(value) : undefined;
  return parsed?.ok === true ? parsed.ms : undefined;
}

function checkExpiry({ spec: { approval, escalate } }: RunbookGlance): Issue[] {
  if (approval.onExpiry !== 'escalate' || escalate !== undefined) return [];
  const message = 'onExpiry: escalate needs to know where to: add escalate with the name of a runbook';
  return [{ path: ['spec', 'approval', 'onExpiry'], message }];
}
