import { z } from 'zod';
import { notUnderstood, treeOf, type Format, type Path, type Tree } from '../../clients/discovery-text.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import { MAX_LIMIT } from '../fields.js';
import type { Params } from './params.js';

const no = z.never({ error: 'write snake_case names of fields, such as circuit_breakers' }).optional();
// JSON of protobuf may write a number as text.
const count = z.union([z.int(), z.string().regex(/^\d{1,10}$/)]).transform(Number);

const cluster = z.object({
  '@type': z.literal('type.googleapis.com/envoy.config.cluster.v3.Cluster'),
  name: z.string().min(1),
  circuit_breakers: z
    .object({
      thresholds: z
        .array(
          z.object({
            priority: z.union([z.string(), z.int()]).default('DEFAULT'),
            max_connections: count.optional(),
            max_pending_requests: count.optional(),
            max_requests: count.optional(),
            maxConnections: no,
            maxPendingRequests: no,
            maxRequests: no,
          }),
        )
        .default([]),
    })
    .prefault({}),
  circuitBreakers: no,
});
const runtime = z.object({
  '@type': z.literal('type.googleapis.com/envoy.service.runtime.v3.Runtime'),
  name: z.string().min(1),
  layer: z.record(z.string(), z.unknown()),
});
const response = z.object({
  version_info: z.string({ error: 'must be there, as text such as "1"' }).min(1).max(256),
  resources: z.array(z.discriminatedUnion('@type', [cluster, runtime])).min(1),
  versionInfo: no,
});

/** What a file says: all of it, and the part that is understood. */
export interface Parsed {
  readonly tree: Tree;
  readonly response: z.infer<typeof response>;
}

/** Where a limit stands in a file, and what it is. */
export interface Spot {
  readonly path: Path;
  readonly value: number;
}

/**
 * Reads a file of clusters (CDS) or of runtime values (RTDS).
 *
 * @throws PluginError `not-understood`
 */
export function parse(text: string, format: Format): Parsed {
  const tree = treeOf(text, format);
  const parsed = response.safeParse(tree);
  if (parsed.success) return { tree, response: parsed.data };
  const [issue] = parsed.error.issues;
  throw notUnderstood(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

/**
 * Finds a limit.
 *
 * @throws PluginError `unknown-name`, `ambiguous-name`, or `not-understood` when it is no whole number or not written at all
 */
export function spotOf({ response: { resources } }: Parsed, of: Params['of']): Spot {
  const name = 'cluster' in of ? of.cluster : of.layer;
  const found = resources.flatMap((resource, index) =>
    resource.name === name && 'layer' in resource === 'layer' in of ? [{ resource, index }] : [],
  );
  const [first] = found;
  if (first === undefined || found.length > 1) {
    const names = resources.map((one) => one.name).join(', ');
    const what = found.length > 1 ? `${name} is there ${found.length} times` : `no ${name}; there are ${names}`;
    throw new PluginError('unknown-name', what.slice(0, 300), false);
  }
  const { resource, index } = first;
  const at = (...path: Path): Path => ['resources', index, ...path];
  if ('layer' in resource && 'layer' in of) {
    return {
      path: at('layer', of.key),
      value: whole(Object.hasOwn(resource.layer, of.key) && resource.layer[of.key], of.key),
    };
  }
  if ('layer' in resource || 'layer' in of) throw new PluginError('unknown-name', `no ${name}`, false);
  const { thresholds } = resource.circuit_breakers;
  const place = thresholds.findIndex(({ priority }) => priority === 'DEFAULT' || priority === 0);
  const value = thresholds[place]?.[of.threshold];
  return {
    path: at('circuit_breakers', 'thresholds', place, of.threshold),
    value: whole(value, `${of.threshold} of ${name}`),
  };
}

function whole(value: unknown, name: string): number {
  const parsed = count.safeParse(value);
  if (parsed.success && parsed.data >= 0 && parsed.data <= MAX_LIMIT) return parsed.data;
  const detail = `${name} is not in the file as a whole number of at most ${MAX_LIMIT}: write what holds now, for Envoy's own default is not in the file`;
  throw new PluginError('not-understood', detail, false);
}
