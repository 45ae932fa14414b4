import { createHash } from 'node:crypto';
import { notUnderstood, put, sorted, treeOf, type Format, type Tree } from '../../clients/discovery-text.js';
import { responseSchema, type Response } from './discovery.js';
import { weightsIn } from './weights.js';

/** What a text says: all of it, and the part that is understood. */
export interface Parsed {
  readonly tree: Tree;
  readonly response: Response;
}

/**
 * Reads the text of a watched file.
 *
 * @throws PluginError `not-understood`
 */
export function parse(text: string, format: Format): Parsed {
  const tree = treeOf(text, format);
  const response = responseSchema.safeParse(tree);
  if (response.success) return { tree, response: response.data };
  const [issue] = response.error.issues;
  throw notUnderstood(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

/** Hash of everything in a file but its version and its weights: whether somebody else changed it. */
export function hashOfRest({ tree, response }: Parsed): string {
  const rest = structuredClone(tree);
  put(rest, { path: ['version_info'], to: undefined });
  for (const [index, resource] of response.resources.entries())
    for (const { path } of weightsIn(resource)) put(rest, { path: ['resources', index, ...path], to: undefined });
  return createHash('sha256')
    .update(JSON.stringify(sorted(rest)))
    .digest('hex');
}
