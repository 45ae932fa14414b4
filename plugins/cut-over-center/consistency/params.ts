import { z } from 'zod';
import { positiveDuration } from '../../clients/positive-duration.js';
import type { ComparedConfig } from './kit.js';

/**
 * Makes the schema of the parameters of `cut-over-center/consistency`.
 *
 * @param config decides which clusters may be compared: PostgreSQL's only with tables named
 */
export function paramsSchema(config: ComparedConfig) {
  return z
    .strictObject({
      kind: z.enum(['redis', 'postgres']),
      cluster: z.string().max(64),
      /** The first two nodes of the cluster unless told. */
      here: z.string().max(64).optional(),
      there: z.string().max(64).optional(),
      within: positiveDuration('1h'),
      most: z.int().min(0).default(0),
      /** How long one call goes on comparing. */
      slice: positiveDuration('1s').refine((ms) => ms <= 8_000, 'must be 8s at most: a probe answers within ten'),
      keysPerSecond: z.int().min(1).max(1_000_000).default(10_000),
      settle: positiveDuration('500ms').refine((ms) => ms <= 5_000, 'must be 5s at most'),
      keep: z.int().min(0).max(100).default(5),
    })
    .superRefine((params, context) => {
      const message = whyNot(config, params);
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['cluster'], message });
    })
    .transform((params) => {
      const [first = '', second = ''] = nodesOf(config, params.kind, params.cluster);
      return { ...params, here: params.here ?? first, there: params.there ?? second };
    });
}

/** Parameters of `cut-over-center/consistency`; times are in milliseconds. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

interface Named {
  readonly kind: 'redis' | 'postgres';
  readonly cluster: string;
  readonly here?: string | undefined;
  readonly there?: string | undefined;
}

function whyNot(config: ComparedConfig, { kind, cluster, here, there }: Named): string | undefined {
  const nodes = nodesOf(config, kind, cluster);
  if (nodes.length === 0) return `the configuration has no ${kind} cluster of that name`;
  if (kind === 'postgres' && !Object.hasOwn(config.consistency?.tables ?? {}, cluster))
    return 'name its tables in the configuration, under consistency.tables';
  const [one, other] = [here ?? nodes[0], there ?? nodes[1]];
  const known = one !== undefined && other !== undefined && nodes.includes(one) && nodes.includes(other);
  return known && one !== other ? undefined : 'here and there must be two different nodes of the cluster';
}

function nodesOf(config: ComparedConfig, kind: 'redis' | 'postgres', cluster: string): string[] {
  const clusters = config[kind]?.clusters ?? {};
  return Object.hasOwn(clusters, cluster) ? Object.keys(clusters[cluster]?.nodes ?? {}) : [];
}
