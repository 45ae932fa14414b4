import { z } from 'zod';
import { checkSchema } from '../catalog/check-schema.js';
import type { Problem } from '../catalog/problem.js';
import { parseYaml } from '../catalog/yaml-source.js';
import { drillSchema, type Drill } from './drill-schema.js';

/** A drill, or everything that is wrong with its file. */
export type ReadDrill =
  { readonly ok: true; readonly drill: Drill } | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a drill's file and finds everything that is wrong with it, each with its line.
 *
 * @param file name for messages
 * @param text contents of the file
 */
export function readDrill(file: string, text: string): ReadDrill {
  const parsed = parseYaml(file, text);
  if (!parsed.ok) return parsed;
  const checked = checkSchema(drillSchema, parsed.source.value);
  if (checked.ok) return { ok: true, drill: checked.data };
  return { ok: false, problems: checked.issues.map((issue) => parsed.source.problem(issue)) };
}

/** The JSON Schema of a drill's file, for editors. */
export function drillJsonSchema(): object {
  return z.toJSONSchema(drillSchema, { io: 'input', unrepresentable: 'any' });
}
