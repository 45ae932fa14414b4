import { z } from 'zod';
import { shown } from './explain-issue.js';
import { dnsLabel, duration, MEMORY_MS, title } from './schema-fields.js';

const baselineName = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9]{0,62}$/, 'must be a name of letters and digits, such as p99Ms');
const baseline = z.number().nonnegative();

const oneOrOther = {
  error: ({ input }: { readonly input?: unknown }): string =>
    `must be a number, or in quotes what it differs by, such as '+12' or '-3'; not ${shown(input)}`,
};
const signed = "must be at least 0; what a centre differs by stands in quotes, such as '-3'";
const ownBaseline = z.union(
  [z.number().nonnegative(signed), z.string().regex(/^[+-]\d+(\.\d+)?$/, oneOrOther)],
  oneOrOther,
);

const center = z.strictObject({
  region: dnsLabel,
  vendor: dnsLabel,
  role: dnsLabel,
  capacity: z.number().positive(),
  standby: dnsLabel.optional(),
  systems: z.record(z.string(), z.json()).optional(),
  baselines: z.record(baselineName, ownBaseline).default({}),
});

const serviceName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/, 'must be the name of a service: letters, digits and . _ -');
const byKind = z.record(z.string(), z.json()).default({});

const service = z.strictObject({
  centers: z.array(dnsLabel).min(1),
  home: dnsLabel.optional(),
  traffic: byKind,
  data: byKind,
});

const pair = z.strictObject({
  between: z.tuple([dnsLabel, dnsLabel]),
  latencyMs: z.number().nonnegative(),
  policy: z.enum(['consistent', 'asynchronous', 'unit-split', 'batch']),
});

const KINDS = ['minServing', 'minCapacity', 'antiFlap'] as const;

const assertion = z
  .strictObject({
    name: dnsLabel,
    minServing: z.int().min(1).optional(),
    minCapacity: z.number().positive().optional(),
    antiFlap: duration(1000, MEMORY_MS).optional(),
    among: z.array(dnsLabel).min(1).optional(),
  })
  .refine((one) => KINDS.filter((kind) => one[kind] !== undefined).length === 1, {
    error: 'says exactly one of minServing, minCapacity and antiFlap',
  });

const target = z.string().min(1);

const group = z.union([z.int().min(1), z.array(target).min(1)], {
  error: ({ input }) =>
    input === undefined
      ? undefined
      : `must be the number of its targets, or the list of their names; not ${shown(input)}`,
});

/**
 * A topology file: regions, centres, the links between them, where services run, groups of targets, and what must stay
 * true in every cut-over.
 */
export const topologySchema = z.strictObject({
  apiVersion: z.literal('firebreak/v1'),
  kind: z.literal('Topology'),
  regions: z.record(dnsLabel, z.strictObject({ title: title.optional() })),
  centers: z.record(dnsLabel, center),
  pairs: z.array(pair).default([]),
  services: z.record(serviceName, service).default({}),
  baselines: z.record(baselineName, baseline).default({}),
  groups: z.record(z.string().min(1), z.record(z.string().min(1), group)).default({}),
  assertions: z.array(assertion).default([]),
});

/** A topology file as read. */
export type TopologyFile = z.output<typeof topologySchema>;
/** One centre: where it is, who runs it, what it is for, how much it can carry, who stands in for it, and what is usual there. */
export type Center = z.output<typeof center>;
/** A link between two centres: how far apart they are, and how data is kept the same. */
export type Pair = z.output<typeof pair>;
/** One service: in which centres it can run, and which systems carry its traffic and its data. */
export type Service = z.output<typeof service>;
/** Something that must stay true in every cut-over: so many centres serving, so much capacity, or rest after a move. */
export type Assertion = z.output<typeof assertion>;
