import type { SeenRequest } from '../stand-in.js';
import type { Place } from './resources.js';

/** One rule of a role, with the words of RBAC. */
export interface Rule {
  readonly groups: readonly string[];
  /** Plural names; subresources are named with their `/`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** All when left out. */
  readonly namespaces?: readonly string[];
}

/** What the role in the README of the plugin gives to Firebreak. */
export const FIREBREAK_ROLE: readonly Rule[] = [
  { groups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: ['get', 'patch'], namespaces: ['shop'] },
  { groups: ['apps'], resources: ['deployments/scale', 'statefulsets/scale'], verbs: ['update'], namespaces: ['shop'] },
  { groups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list'], namespaces: ['shop'] },
  { groups: ['policy'], resources: ['poddisruptionbudgets'], verbs: ['list'], namespaces: ['shop'] },
  { groups: [''], resources: ['nodes'], verbs: ['list', 'patch'] },
];

/** What an administrator may do. */
export const EVERYTHING: readonly Rule[] = [{ groups: ['*'], resources: ['*'], verbs: ['*'] }];

/** What a request does, in the words of RBAC. */
export function verbOf({ method }: SeenRequest, { name }: Place): string {
  switch (method) {
    case 'GET':
      return name === undefined ? 'list' : 'get';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    default:
      return method.toLowerCase();
  }
}

/** Says whether some rule permits it. */
export function permitted(rules: readonly Rule[], verb: string, { resource, namespace, scale }: Place): boolean {
  const has = (list: readonly string[], wanted: string) => list.includes('*') || list.includes(wanted);
  return rules.some(
    ({ groups, resources, verbs, namespaces }) =>
      has(groups, resource.group) &&
      has(resources, scale ? `${resource.plural}/scale` : resource.plural) &&
      has(verbs, verb) &&
      (namespaces === undefined || (namespace !== undefined && namespaces.includes(namespace))),
  );
}
