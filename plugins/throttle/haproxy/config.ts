import { z } from 'zod';
import { haproxyFields } from '../../clients/haproxy-endpoints.js';

const section = z
  .strictObject(haproxyFields)
  .refine(({ endpoint, endpoints }) => endpoint !== undefined || Object.keys(endpoints).length > 0, {
    path: ['endpoint'],
    message: 'name at least one HAProxy: endpoint or endpoints',
  });

/** The part of the plugin's configuration that names HAProxies. */
export const haproxySection = { haproxy: section.optional() };

const fields = z.strictObject(haproxySection);

/** That part as parsed; `timeout` is in milliseconds. */
export type HaproxySection = z.infer<typeof fields>;

/** What holds where there is no such section: nothing can be reached. */
export const NO_HAPROXY = { endpoint: undefined, endpoints: {}, maps: {}, timeout: 1 };
