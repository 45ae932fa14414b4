import type { Storm } from '../engine/governance.js';
import { iso } from './instants.js';

/** A storm as JSON. */
export function stormView(storm: Storm) {
  const { key, since, calmAt, targets, first, proposal } = storm;
  return {
    key,
    ...partsOf(storm),
    since: iso(since),
    calmAt: iso(calmAt),
    targets: targets.map(({ target, at }) => ({ target, at: iso(at) })),
    ...(first?.alert === undefined ? {} : { alert: first.alert.labels }),
    ...(proposal === undefined ? {} : { proposed: proposal }),
  };
}

/** What a storm's key says; one that only observing executions have met says so. */
function partsOf({ key }: Storm): { runbook: string; group?: string; observed?: true } {
  const [first = '', ...rest] = key.split('|');
  const isShadow = first === 'observe' && rest.length > 2 && rest[0] === rest[1];
  const group = (isShadow ? rest.slice(2) : rest).join('|');
  return {
    runbook: isShadow ? (rest[0] ?? '') : first,
    ...(group === '' ? {} : { group }),
    ...(isShadow ? { observed: true } : {}),
  };
}
