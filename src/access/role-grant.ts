import { globMatches } from '../core/glob.js';

/** A role that somebody has, and where: on executions whose runbook and target both fit one of the globs. */
export interface RoleGrant {
  /** Of Firebreak or of the organisation. */
  readonly role: string;
  readonly runbooks: readonly string[];
  readonly targets: readonly string[];
}

/** What something is done to; what is absent is not known, or does not matter. */
export interface Subject {
  readonly runbook?: string;
  readonly target?: string;
}

/** All there is: no role covers it but one that was given without bounds. */
export const EVERYTHING = { runbook: '*', target: '*' } as const satisfies Subject;

/** Gives roles that hold everywhere. */
export function everywhere(roles: readonly string[]): RoleGrant[] {
  return roles.map((role) => ({ role, runbooks: ['*'], targets: ['*'] }));
}

/** Tells whether a role that somebody has counts there. */
export function covers({ runbooks, targets }: RoleGrant, { runbook, target }: Subject): boolean {
  return fits(runbooks, runbook) && fits(targets, target);
}

function fits(globs: readonly string[], name: string | undefined): boolean {
  return name === undefined || globs.some((glob) => globMatches(glob, name));
}
