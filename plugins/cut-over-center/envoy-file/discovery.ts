import { z } from 'zod';

/** Largest value of protobuf's uint32, which also bounds the sum of the weights of a group. */
export const MAX_UINT32 = 4_294_967_295;

// JSON of protobuf may write a number as text, and knows each field by two names: only one of them is understood here.
const uint32 = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,10}$/)
      .transform(Number),
  ])
  .refine((number) => number >= 0 && number <= MAX_UINT32, 'must be 0 to 4294967295');
const no = z.never({ error: 'write snake_case names of fields, such as load_balancing_weight' }).optional();

/** One locality of a ClusterLoadAssignment. */
export const localitySchema = z.object({
  locality: z
    .object({
      region: z.string().default(''),
      zone: z.string().default(''),
      sub_zone: z.string().default(''),
      subZone: no,
    })
    .prefault({}),
  lb_endpoints: z
    .array(z.object({ health_status: z.union([z.string(), z.int()]).optional(), healthStatus: no }))
    .default([]),
  load_balancing_weight: uint32.optional(),
  priority: uint32.default(0),
  loadBalancingWeight: no,
  lbEndpoints: no,
});

/** Endpoints of one cluster, by locality. */
export const assignmentSchema = z.object({
  '@type': z.literal('type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment'),
  cluster_name: z.string().min(1),
  endpoints: z.array(localitySchema).default([]),
});

const weightedClusters = z.object({
  clusters: z.array(z.object({ name: z.string().min(1), weight: uint32 })).min(1),
  total_weight: uint32.optional(),
  totalWeight: no,
});
const route = z.object({
  route: z.object({ weighted_clusters: weightedClusters.optional(), weightedClusters: no }).optional(),
});

/** Routes, some of which divide what comes between clusters. */
export const routesSchema = z.object({
  '@type': z.literal('type.googleapis.com/envoy.config.route.v3.RouteConfiguration'),
  name: z.string().min(1),
  virtual_hosts: z.array(z.object({ routes: z.array(route).default([]) })).default([]),
  virtualHosts: no,
});

/** What Envoy reads from a watched file, as far as it matters here. */
export const responseSchema = z.object({
  version_info: z.string({ error: 'must be there, as text such as "1"' }).min(1).max(256),
  resources: z.array(z.discriminatedUnion('@type', [assignmentSchema, routesSchema])).min(1),
  versionInfo: no,
});

/** A file's content. */
export type Response = z.infer<typeof responseSchema>;

/** One resource of it. */
export type Resource = Response['resources'][number];
