import { z } from 'zod';

const numbers = z.record(z.string(), z.number());
const byKind = z.record(z.string(), z.unknown());

const center = z.object({
  id: z.string(),
  region: z.string(),
  vendor: z.string(),
  role: z.string(),
  capacity: z.number(),
  inService: z.boolean(),
  by: z.array(z.string()).optional(),
  since: z.string().optional(),
  condition: z
    .object({ health: z.number().optional(), load: z.number().optional(), at: z.string(), fresh: z.boolean() })
    .optional(),
  provenAt: z.string().optional(),
  baselines: numbers,
});

const assertion = z.object({
  name: z.string(),
  minServing: z.number().optional(),
  minCapacity: z.number().optional(),
  antiFlapSeconds: z.number().optional(),
  among: z.array(z.string()),
  holds: z.boolean(),
  left: z.number().optional(),
  resting: z.array(z.object({ center: z.string(), moved: z.string(), by: z.string(), until: z.string() })).optional(),
});

/** What is read of `GET /api/v1/topology`. */
export const topology = z.object({
  regions: z.array(z.object({ id: z.string(), title: z.string().optional() })),
  centers: z.array(center),
  pairs: z.array(z.object({ between: z.tuple([z.string(), z.string()]), latencyMs: z.number(), policy: z.string() })),
  services: z.array(
    z.object({
      name: z.string(),
      centers: z.array(z.string()),
      home: z.string().optional(),
      traffic: byKind,
      data: byKind,
    }),
  ),
  assertions: z.array(assertion),
});

/** The topology as the service shows it. */
export type ShownTopology = z.output<typeof topology>;
/** One of its centres. */
export type ShownCenter = z.output<typeof center>;
/** One of its assertions. */
export type ShownAssertion = z.output<typeof assertion>;
