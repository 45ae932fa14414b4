import { matches } from '../core/matcher.js';
import type { Route } from './read-alertmanager.js';

/** The routes that an alert takes, and the labels that were asked for on the way and that it is not known to have. */
export interface Taken {
  readonly routes: readonly Route[];
  readonly unknownLabels: readonly string[];
}

/**
 * Walks the routing tree as Alertmanager does: a node gets the alert when none of its children takes it, and the first
 * child that takes it ends the search unless it says `continue`.
 *
 * @param root the top of the tree, which takes every alert
 * @param labels what the alert has for certain; a label that is not among them counts as absent
 */
export function routesOf(root: Route, labels: Readonly<Record<string, string>>): Taken {
  const unknown = new Set<string>();
  const routes = walk(root, labels, unknown);
  return { routes, unknownLabels: [...unknown] };
}

function walk(route: Route, labels: Readonly<Record<string, string>>, unknown: Set<string>): readonly Route[] {
  for (const { name } of route.matchers) if (!isCertain(labels, name)) unknown.add(name);
  if (!route.matchers.every((matcher) => matches(matcher, labels))) return [];
  const taken: Route[] = [];
  for (const child of route.routes) {
    const below = walk(child, labels, unknown);
    taken.push(...below);
    if (below.length > 0 && !child.continue) break;
  }
  return taken.length > 0 ? taken : [route];
}

/** A templated value is only known when the alert fires. */
function isCertain(labels: Readonly<Record<string, string>>, name: string): boolean {
  return Object.hasOwn(labels, name) && !(labels[name] ?? '').includes('{{');
}
