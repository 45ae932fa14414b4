import type { Instant } from './alert.js';
import { globMatches } from './glob.js';

/** A pulled kill switch: nothing in its scope is begun until a person lifts it or its end comes. */
export interface Pause {
  readonly id: string;
  /** `all`, `runbook:<name>`, `plugin:<name>` or `target:<glob>`. */
  readonly scope: string;
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
  readonly until?: Instant;
  /** When Firebreak itself froze a target: the execution after which it did. */
  readonly executionId?: string;
}

const SCOPE = /^(?:all|runbook:[a-z0-9][a-z0-9-]*|plugin:[a-z0-9][a-z0-9-]*|target:\S+)$/;

/** Tells whether a text names a scope; an empty name never means "all". */
export function isPauseScope(text: string): boolean {
  return SCOPE.test(text);
}

/** Tells whether a pause is in force for one of an execution's scopes; in a target's glob `*` stands for any text. */
export function pauses(pause: Pause, scopes: readonly string[], now: Instant): boolean {
  if (pause.until !== undefined && now >= pause.until) return false;
  return scopes.some((scope) =>
    pause.scope.startsWith('target:') ? globMatches(pause.scope, scope) : scope === pause.scope,
  );
}
