import { z } from 'zod';
import { configuredName, NOT_LISTED } from '../switch-params.js';
import type { UnleashConfig } from './config.js';

/**
 * Makes the schema of the parameters of `degrade-feature/unleash`.
 *
 * @param config decides which servers a step may name, and which projects, features and environments there
 */
export function paramsSchema(config: UnleashConfig | undefined) {
  const servers = new Map(Object.entries(config?.servers ?? {}));
  const known = (list: 'projects' | 'features' | 'environments', given: Given) => {
    const name = { projects: given.project, features: given.feature, environments: given.environment }[list];
    return servers.get(given.server)?.[list].includes(name) ?? false;
  };
  return z
    .strictObject({
      server: configuredName(config?.servers, 'no Unleash is configured: name servers under unleash of the plugin'),
      project: z.string().default('default'),
      feature: z.string(),
      environment: z.string(),
      enabled: z.boolean().default(false),
    })
    .refine((given) => known('projects', given), { ...NOT_LISTED, path: ['project'] })
    .refine((given) => known('features', given), NOT_LISTED)
    .refine((given) => known('environments', given), { ...NOT_LISTED, path: ['environment'] });
}

type Given = Readonly<Record<'server' | 'project' | 'feature' | 'environment', string>>;

/** Parameters of `degrade-feature/unleash`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

/** The switch as it was. */
export const beforeSchema = z.strictObject({
  enabled: z.boolean(),
  /** Number of the event by which it was last turned, 0 when it never was; null when an earlier step turns it first. */
  event: z.int().min(0).nullable(),
});

/** What `plan` keeps. */
export type Before = z.infer<typeof beforeSchema>;
