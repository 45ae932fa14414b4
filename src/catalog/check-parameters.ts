import type { z } from 'zod';
import type { Json } from '../core/json.js';
import { isList } from '../core/json.js';
import { checkSchema } from './check-schema.js';
import type { Issue, Path } from './yaml-position.js';

/**
 * Holds the parameters of a step against the plugin's schema as far as that is possible before templates are filled in:
 * what depends on a template is left to the moment when there is an alert.
 *
 * @param schema of the action or probe
 * @param value as the operator wrote it
 * @param base where the parameters stand in the file
 */
export function checkParameters(schema: z.ZodType, value: Json, base: Path): Issue[] {
  const checked = checkSchema(schema, value, base);
  if (checked.ok) return [];
  const templates = templatesIn(value, base);
  return checked.issues.filter(
    (issue) => issue.onKey === true || !templates.some((one) => isAtOrBelow(one, issue.path)),
  );
}

function templatesIn(value: Json, path: Path): Path[] {
  if (typeof value === 'string') return value.includes('{{') ? [path] : [];
  if (value === null || typeof value !== 'object') return [];
  if (isList(value)) return value.flatMap((member, i) => templatesIn(member, [...path, i]));
  return Object.entries(value).flatMap(([key, member]) => templatesIn(member, [...path, key]));
}

function isAtOrBelow(path: Path, ancestor: Path): boolean {
  return ancestor.every((part, i) => path[i] === part);
}
