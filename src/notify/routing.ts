import type { NotifySettings, Route, RouteEvent } from '../config/notify.js';
import { globMatches } from '../core/glob.js';

/** What a route is held against. */
export interface Subject {
  /** A closed execution that failed is both `closed` and `failed`. */
  readonly events: readonly RouteEvent[];
  /** Label of the alert. */
  readonly severity?: string | undefined;
  /** Of the runbook. */
  readonly owner?: string | undefined;
  readonly runbook?: string | undefined;
  readonly target?: string | undefined;
}

/** Finds the routes that news takes, by their place: up to the first that matches and does not say `continue`. */
export function routesOf(routes: NotifySettings['routes'], subject: Subject): number[] {
  const taken: number[] = [];
  for (const [i, route] of routes.entries()) {
    if (!takes(route, subject)) continue;
    taken.push(i);
    if (!route.continue) break;
  }
  return taken;
}

/**
 * Names who hears of something, each once.
 *
 * @param own notifiers that the runbook itself names; they always hear of it
 */
export function recipients(routes: NotifySettings['routes'], subject: Subject, own: readonly string[]): string[] {
  const routed = routesOf(routes, subject).flatMap((i) => routes[i]?.to ?? []);
  return [...new Set([...own, ...routed])];
}

function takes({ match }: Route, { events, severity, owner, runbook, target }: Subject): boolean {
  if (match.event?.some((event) => events.includes(event)) === false) return false;
  return (
    fits(match.severity, severity) &&
    fits(match.owner, owner) &&
    fits(match.runbook, runbook) &&
    fits(match.target, target)
  );
}

/** What is not known fits no glob but an absent one. */
function fits(globs: readonly string[] | undefined, value: string | undefined): boolean {
  if (globs === undefined) return true;
  return value !== undefined && globs.some((glob) => globMatches(glob, value));
}
