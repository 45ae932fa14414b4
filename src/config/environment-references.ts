import { isList, type Json } from '../core/json.js';
import type { Issue, Path } from '../catalog/yaml-position.js';

const REFERENCE = /\$(\$?)\{([^}]*)\}/g;

/**
 * Replaces `${NAME}` in leaf texts by the environment's value; `$${NAME}` stands for itself. A name that is not set, or
 * is empty, is an issue: a plugin must not start with half a configuration.
 *
 * @param value as it stands in firebreak.yaml
 * @param env the process's environment
 * @param path where the value stands
 * @param issues receives what is wrong
 */
export function resolveReferences(value: Json, env: NodeJS.ProcessEnv, path: Path, issues: Issue[]): Json {
  if (typeof value === 'string') {
    return value.replaceAll(REFERENCE, (whole, escape: string, name: string) => {
      if (escape !== '') return whole.slice(1);
      const found = env[name];
      if (found !== undefined && found !== '') return found;
      issues.push({
        path,
        message: `\${${name}}: ${found === undefined ? 'this variable is not set' : 'this variable is empty'}`,
      });
      return '';
    });
  }
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map((member, i) => resolveReferences(member, env, [...path, i], issues));
  const members = Object.entries(value);
  return Object.fromEntries(
    members.map(([key, member]) => [key, resolveReferences(member, env, [...path, key], issues)]),
  );
}

/** Finds references where none are replaced, because what templates can read ends up in plans and journals. */
export function strayReferences(value: Json, path: Path): Issue[] {
  if (typeof value === 'string') {
    const message = '${...} is replaced only under "plugins": what stands here is shown in plans and journals';
    return /\$\{/.test(value) ? [{ path, message }] : [];
  }
  if (value === null || typeof value !== 'object') return [];
  if (isList(value)) return value.flatMap((member, i) => strayReferences(member, [...path, i]));
  return Object.entries(value).flatMap(([key, member]) => strayReferences(member, [...path, key]));
}
