import { z } from 'zod';
import { canonicalValue } from '../../clients/dns-values.js';
import { dnsName, type DnsConfig } from './config.js';

const WEEK_S = 7 * 24 * 60 * 60;

const shape = (config: DnsConfig | undefined) =>
  z.strictObject({
    server: serverSchema(config),
    name: dnsName,
    type: z.enum(['A', 'AAAA', 'CNAME']),
    // Never empty: a step moves users, it doesn't leave them without an address.
    values: z.array(z.string().min(1).max(253)).min(1).max(32),
    ttl: z.int().min(1).max(WEEK_S).optional(),
  });

type Wanted = z.infer<ReturnType<typeof shape>>;

/**
 * Makes the schema of the parameters of `cut-over-center/dns`; values come out in canonical spelling and order.
 *
 * @param config decides which servers a step may name, and which names and values there
 */
export function paramsSchema(config: DnsConfig | undefined) {
  return shape(config).transform((wanted, context) => {
    const values = wanted.values.map((text) => canonical(wanted.type, text));
    const say = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message, input: wanted });
    for (const message of nameProblems(config, wanted)) say('name', message);
    const sound = values.filter((value) => value !== undefined);
    for (const message of valueProblems(config, wanted, sound)) say('values', message);
    return { ...wanted, values: sound.toSorted() };
  });
}

/** Parameters of `cut-over-center/dns`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

/** The records of the name as they were; without values there were none. */
export const beforeSchema = z.strictObject({
  values: z.array(z.string()),
  /** Seconds. */
  ttl: z.int().min(0).nullable(),
});

/** What `plan` keeps. */
export type Before = z.infer<typeof beforeSchema>;

function serverSchema(config: DnsConfig | undefined): z.ZodType<string> {
  if (config !== undefined) return z.enum(Object.keys(config.servers));
  return z.string().refine(() => false, 'no name server is configured: name servers under dns of the plugin');
}

function canonical(type: Wanted['type'], text: string): string | undefined {
  if (type === 'CNAME') return dnsName.safeParse(text).success ? text : undefined;
  return canonicalValue(type, text);
}

function nameProblems(config: DnsConfig | undefined, { server, name, type }: Wanted): string[] {
  const { zone, names } = config?.servers[server] ?? { zone: '' };
  if (name !== zone && !name.endsWith(`.${zone}`)) return [`must be in the zone ${zone}`];
  if (name === zone && type === 'CNAME') return ["the zone itself can't be an alias"];
  if (names !== undefined && !names.includes(name)) return [`must be one of ${names.join(', ')}`];
  return [];
}

function valueProblems(
  config: DnsConfig | undefined,
  { server, name, type, values: all }: Wanted,
  values: string[],
): string[] {
  if (values.length < all.length) return [`not all are values of type ${type}`];
  if (new Set(values).size < values.length) return ['names a value twice'];
  if (type === 'CNAME' && values.length > 1) return ['an alias has one value'];
  if (values.includes(name)) return ['an alias of itself'];
  const allowed = config?.servers[server]?.values;
  const canonicalAllowed = allowed?.map((text) => canonical(type, text));
  if (canonicalAllowed !== undefined && values.some((value) => !canonicalAllowed.includes(value)))
    return [`must be among ${allowed?.join(', ')}`];
  return [];
}
