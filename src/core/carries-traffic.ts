import type { CenterMove } from './serving-rule.js';

/** What says whether a centre carries traffic. */
export interface Standing {
  readonly inService: boolean;
  readonly role?: string | undefined;
  readonly moved?: Pick<CenterMove, 'way' | 'by'> | undefined;
}

/** Tells whether a centre carries traffic, as far as it is known: by its role, or because an execution has brought it in. */
export function carriesTraffic({ inService, role, moved }: Standing): boolean {
  return inService && (role === 'serving' || isBroughtIn(moved));
}

/** Only executions cut over; when a person says that a centre is back nothing begins to serve. */
export function isBroughtIn(moved: Standing['moved']): boolean {
  return moved?.way === 'in' && !moved.by.startsWith('person:');
}
