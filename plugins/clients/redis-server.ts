import { z } from 'zod';
import { secret } from '../../src/plugin-sdk/index.js';

/** The schema of the name or address of a host in a plugin's configuration. */
export const hostSchema = z.string().regex(/^[A-Za-z0-9_.:-]{1,253}$/, 'write a host name or an address');

/** The schema of a port in a plugin's configuration. */
export const portSchema = z.int().min(1).max(65_535);

/** Where one Redis server is and who asks, as fields of a plugin's configuration. */
export const redisServerFields = {
  host: hostSchema,
  port: portSchema.default(6379),
  username: z.string().min(1).optional(),
  password: secret().optional(),
  tls: z.boolean().default(false),
};

/** Where one Redis server is and who asks; `db` is the number of the database, 0 unless told. */
export interface RedisServer {
  readonly host: string;
  readonly port: number;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls: boolean;
  readonly db?: number | undefined;
}
