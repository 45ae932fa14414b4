import { z } from 'zod';
import { PretendTarget } from './pretend-target.js';

/** What runbooks of a test can name: the parts of the pretend target. */
export const PRETEND_NAMES = {
  actions: new Map(
    Object.entries(
      new PretendTarget().plugin().instantiate({}, { info: () => undefined, warn: () => undefined }).provided.actions ??
        {},
    ).map(([name, { params, reversible }]) => [`pretend/${name}`, { params, reversible }] as const),
  ),
  probes: new Map(['pretend/state', 'pretend/guard'].map((name) => [name, { params: z.object({}) }])),
  notifiers: new Set(['pretend/people']),
};
