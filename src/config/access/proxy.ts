import { z } from 'zod';
import { shortName } from '../../catalog/schema-fields.js';
import type { Issue } from '../../catalog/yaml-position.js';
import { headerName } from './header-name.js';

const network = z
  .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
    error: 'must be an address or a network such as 10.0.0.7 or 10.0.0.0/24',
  })
  .refine((text) => !text.endsWith('/0'), { error: 'is everybody: name the proxies alone' })
  .refine((text) => !/^::ffff:/i.test(text), { error: 'must be written as IPv4, without ::ffff:' });

/** `access.proxy`: proxies in front that say who somebody is; nobody else is believed. */
export const proxySchema = z.strictObject({
  /** Addresses or networks of the proxies. */
  addresses: z.array(network).min(1),
  user: headerName.optional(),
  email: headerName.optional(),
  groups: headerName.optional(),
  /** The header with the subject of a client certificate that the proxy has checked, and which subject is which token's name. */
  certificate: z.strictObject({ header: headerName, subjects: z.record(z.string().min(1), shortName) }).optional(),
});

/** `access.proxy` as read. */
export type ProxySettings = z.output<typeof proxySchema>;

/** Finds subjects of certificates that stand for a token which is not there. */
export function strangeSubjects(
  proxy: ProxySettings | undefined,
  tokens: readonly { readonly name: string }[],
): Issue[] {
  const subjects = Object.entries(proxy?.certificate?.subjects ?? {});
  return subjects
    .filter(([, name]) => !tokens.some((token) => token.name === name))
    .map(([subject, name]) => ({
      path: ['access', 'proxy', 'certificate', 'subjects', subject],
      message: `access.proxy.certificate.subjects: "${name}" is none of the tokens`,
    }));
}
