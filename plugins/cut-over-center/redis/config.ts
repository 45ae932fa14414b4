import { z } from 'zod';
import { hostSchema, portSchema, redisServerFields } from '../../clients/redis-server.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { parseDuration } from '../../../src/plugin-sdk/index.js';

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

const node = z.strictObject({
  ...redisServerFields,
  /** Under which the other nodes reach it, where that is not `host` and `port`. */
  replicateFrom: z.strictObject({ host: hostSchema, port: portSchema }).optional(),
});

const cluster = z.strictObject({
  nodes: z
    .record(z.string().regex(NAME), node)
    .refine((nodes) => Object.keys(nodes).length > 1, 'a cluster has two nodes at least'),
  /** The operator's word on whom the writers wait for (WAIT) before they call a write done. */
  acknowledgedBy: z.enum(['primary', 'replica']).default('primary'),
  /** The usual `min-replicas-to-write`, for a node whose own was lost with an older fence. */
  minReplicasToWrite: z.int().min(0).max(100).default(0),
  /** The operator's word that a primary which has lost its replica stops taking writes after this long. */
  isolatesItselfWithin: z
    .string()
    .transform((text, context) => {
      const parsed = parseDuration(text);
      if (parsed.ok) return parsed.ms;
      context.addIssue({ code: 'custom', message: parsed.detail });
      return z.NEVER;
    })
    .optional(),
});

/** The part of the plugin's configuration that names Redis servers. */
export const redisFields = {
  redis: z
    .strictObject({
      clusters: z.record(z.string().regex(NAME), cluster),
      /** For each look and each write. */
      timeout: timeoutSchema('1s'),
    })
    .optional(),
};

const fields = z.strictObject(redisFields);

/** That part as parsed; times are in milliseconds. */
export type RedisConfig = z.infer<typeof fields>;

/** One cluster as configured. */
export type ClusterConfig = z.infer<typeof cluster>;

/** One server as configured. */
export type NodeConfig = z.infer<typeof node>;
