import { z } from 'zod';
import { shown } from './explain-issue.js';
import { dnsLabel, title } from './schema-fields.js';

const center = z.strictObject({
  region: dnsLabel,
  vendor: dnsLabel,
  role: dnsLabel,
  capacity: z.number().positive(),
  standby: dnsLabel.optional(),
  systems: z.record(z.string(), z.json()).optional(),
});

const pair = z.strictObject({
  between: z.tuple([dnsLabel, dnsLabel]),
  latencyMs: z.number().nonnegative(),
  policy: z.enum(['consistent', 'asynchronous', 'unit-split', 'batch']),
});

const assertion = z
  .strictObject({
    name: dnsLabel,
    minServing: z.int().min(1).optional(),
    minCapacity: z.number().positive().optional(),
    among: z.array(dnsLabel).min(1).optional(),
  })
  .refine(({ minServing, minCapacity }) => (minServing === undefined) !== (minCapacity === undefined), {
    error: 'says either minServing or minCapacity',
  });

const target = z.string().min(1);

const group = z.union([z.int().min(1), z.array(target).min(1)], {
  error: ({ input }) =>
    input === undefined
      ? undefined
      : `must be the number of its targets, or the list of their names; not ${shown(input)}`,
});

/** A topology file: regions, centres, the links between them, groups of targets, and what must stay true in every cut-over. */
export const topologySchema = z.strictObject({
  apiVersion: z.literal('firebreak/v1'),
  kind: z.literal('Topology'),
  regions: z.record(dnsLabel, z.strictObject({ title: title.optional() })),
  centers: z.record(dnsLabel, center),
  pairs: z.array(pair).default([]),
  groups: z.record(z.string().min(1), z.record(z.string().min(1), group)).default({}),
  assertions: z.array(assertion).default([]),
});

/** A topology file as read. */
export type TopologyFile = z.output<typeof topologySchema>;
/** One centre: where it is, who runs it, what it is for, how much it can carry, and who stands in for it. */
export type Center = z.output<typeof center>;
/** A link between two centres: how far apart they are, and how data is kept the same. */
export type Pair = z.output<typeof pair>;
/** Something that must stay true in every cut-over: so many centres serving, or so much capacity. */
export type Assertion = z.output<typeof assertion>;
