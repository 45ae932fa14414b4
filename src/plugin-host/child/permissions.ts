import { isAbsolute, normalize } from 'node:path';
import { z } from 'zod';
import type { Host } from './seat-belts.js';

const HOST = /^(unix:\/.+|\[[0-9a-fA-F:.]+\](:\d{1,5})?|(\*\.)?[A-Za-z0-9_.-]+(:\d{1,5})?)$/;
/** These would change the process itself, or hand it what belongs to the service. */
const NOT_HANDED_ON = /^(NODE_(?!EXTRA_CA_CERTS$)|LD_|DYLD_|FIREBREAK_)/;

const folder = z
  .string()
  .refine((path) => isAbsolute(path) && normalize(path) !== '/', 'must be an absolute path below /')
  .refine((path) => !/[*,]/.test(path), 'must not have * or , in it: Node takes them for more than one path');

/** What a plugin in a child process may do beside computing; `permissions.<plugin>` in firebreak.yaml. */
export const permissionsSchema = z.strictObject({
  hosts: z
    .union([
      z.literal('any'),
      z
        .array(
          z.string().regex(HOST, 'must be a host, host:port, *.domain, [address]:port or unix:/path, such as api:443'),
        )
        .max(100),
    ])
    .exactOptional(),
  env: z
    .array(
      z
        .string()
        .regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable')
        .refine(
          (name) => !NOT_HANDED_ON.test(name),
          'must not be one of NODE_*, LD_*, DYLD_* and FIREBREAK_*: they are not handed on',
        ),
    )
    .max(100)
    .default([]),
  read: z.array(folder).max(100).default([]),
  write: z.array(folder).max(100).default([]),
  spawn: z.boolean().default(false),
  memoryMiB: z.int().min(96).max(65_536).default(256),
});

/** What a plugin in a child process may do, as parsed. */
export type Permissions = z.infer<typeof permissionsSchema>;

/** What holds for a plugin that nobody wrote permissions for. */
export const NO_PERMISSIONS: Permissions = permissionsSchema.parse({});

/**
 * Says which hosts a plugin may connect to: those that are listed; without a list none, but for a built-in plugin all,
 * because its own configuration names what it reaches.
 */
export function hostsOf({ hosts }: Permissions, builtIn: boolean): readonly Host[] | 'any' {
  return hosts ?? (builtIn ? 'any' : []);
}
