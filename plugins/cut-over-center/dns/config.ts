import { z } from 'zod';
import { TSIG_ALGORITHMS } from '../../clients/dns-tsig.js';
import { socketAddress } from '../../clients/socket-address.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { secret } from '../../../src/plugin-sdk/index.js';

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';

/** A name as it is written in configurations and steps: full, in lower case, without a dot at its end, no wildcard. */
export const dnsName = z
  .string()
  .max(253)
  .regex(
    new RegExp(`^${LABEL}(?:\\.${LABEL})+$`),
    'write a full name in lower case without a dot at its end, such as orders.example.test',
  );

const address = z
  .string()
  .refine((text) => !text.startsWith('/') && socketAddress(text) !== undefined, 'write host:port or [ipv6]:port');

const key = z.strictObject({
  name: z.union([dnsName, z.string().regex(new RegExp(`^${LABEL}$`))]),
  algorithm: z.enum(TSIG_ALGORITHMS),
  /** As name servers write it. */
  secret: secret()
    .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be base64, as tsig-keygen prints it')
    .refine(
      (text) => Buffer.from(text, 'base64').length >= 16,
      'must have at least 16 bytes: make one with tsig-keygen',
    ),
});

const server = z
  .strictObject({
    /** Of the zone's primary server. */
    address,
    zone: dnsName,
    key: key.optional(),
    /** Whoever stands between can then change what is asked and answered. */
    unsigned: z.literal(true).optional(),
    /** Changes names only if nothing at all changed in the zone since it was read. */
    compareSerial: z.boolean().default(true),
    /** Those that steps may change; left out, all of the zone. */
    names: z.array(dnsName).min(1).optional(),
    /** Those that names may be given; left out, all. */
    values: z.array(z.string()).min(1).optional(),
  })
  .refine(({ key: signing, unsigned }) => (signing === undefined) === (unsigned === true), {
    path: ['key'],
    message: 'give a key; without one, write unsigned: true',
  });

const section = z.strictObject({
  servers: z
    .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), server)
    .refine((servers) => Object.keys(servers).length > 0, 'name at least one server'),
  timeout: timeoutSchema('2s'),
});

/** The part of the plugin's configuration that names the servers of zones. */
export const dnsFields = { dns: section.optional() };

const fields = z.strictObject(dnsFields);

/** That part as parsed. */
export type DnsFields = z.infer<typeof fields>;

/** What the part says, if it is there; `timeout` is in milliseconds. */
export type DnsConfig = z.infer<typeof section>;
