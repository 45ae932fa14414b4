import { z } from 'zod';
import { httpUrl } from '../../clients/http.js';
import { timeoutSchema } from '../../clients/timeout.js';

const name = z.string().regex(/^[a-z][a-z0-9_]{0,30}$/, 'must be a small letter, then small letters, digits and _');
const argv = z.array(z.string().min(1).max(1000)).min(1).max(32);
const path = z.string().regex(/^\/[^\0\n]{1,1000}$/, 'write an absolute path');

const limit = z.strictObject({
  /** The file that nginx includes in its `http` part: all of it is Firebreak's. */
  file: path,
  /** Name of its `limit_req_zone`. */
  zone: name,
  /** What is counted apart, one variable, such as `$binary_remote_addr`; `$server_name` for all together. */
  key: z.string().regex(/^\$[a-z_][a-z0-9_]{0,62}$/, 'write one variable, such as $server_name'),
  /** Of the zone, as nginx writes it. */
  size: z
    .string()
    .regex(/^[1-9][0-9]{0,3}[km]$/, 'write a size, such as 1m')
    .default('1m'),
  /** An address at which nginx says the limit that it goes by: `return 200 $firebreak_<zone>`. */
  ask: httpUrl,
});

/** The part of the plugin's configuration that names the limits of one nginx. */
export const nginxFields = {
  nginx: z
    .strictObject({
      /** By the names that steps use. */
      limits: z
        .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), limit)
        .refine((limits) => Object.keys(limits).length > 0, 'name at least one limit'),
      /** Program and arguments that must end with 0 before nginx is told to read its files again; no shell. */
      test: argv.default(['nginx', '-t', '-q']),
      /** How it is told: program and arguments, or the file with its process id, which gets SIGHUP. */
      reload: z.union([argv, z.strictObject({ pid: path })]).default(['nginx', '-s', 'reload']),
      /** For each of these programs, and for each question. */
      timeout: timeoutSchema('5s'),
      /** How long nginx may take until it goes by a new limit. */
      takes: timeoutSchema('3s'),
    })
    .optional(),
};

const fields = z.strictObject(nginxFields);

/** That part as parsed; times are in milliseconds. */
export type NginxConfig = z.infer<typeof fields>;

/** Its section. */
export type NginxSection = NonNullable<NginxConfig['nginx']>;

/** One limit of it. */
export type NginxLimit = NginxSection['limits'][string];
