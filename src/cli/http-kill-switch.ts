import { z } from 'zod';
import type { Pause } from '../core/pause.js';
import { ask, part } from './client.js';
import type { KillSwitch } from './kill-switch.js';

const PATH = '/api/v1/pauses';
const moment = z.iso.datetime().transform((text) => Date.parse(text));
const pause = z.object({
  id: z.string(),
  scope: z.string(),
  reason: z.string(),
  by: z.string(),
  at: moment,
  until: moment.exactOptional(),
});
const pulled = pause.extend({ warning: z.string().optional() });

/** Reaches the kill switch through a running service, which takes the name from the token. */
export function httpKillSwitch(): KillSwitch {
  const inForce = async (): Promise<readonly Pause[]> =>
    (await ask(z.object({ items: z.array(pause) }), { path: PATH })).items;
  return {
    where: process.env['FIREBREAK_URL'] ?? 'http://localhost:9700',
    now: async () => Date.now(),
    inForce,
    pull: async ({ scope, reason, until }) => {
      const end = until === undefined ? {} : { until: new Date(until).toISOString() };
      const answer = await ask(pulled, { method: 'POST', path: PATH, body: { scope, reason, ...end } });
      const { warning, ...made } = answer;
      return { pause: made, warning };
    },
    lift: async (id, _by, reason) => {
      if (!(await inForce()).some((one) => one.id === id)) return false;
      await ask(z.unknown(), { method: 'DELETE', path: `${PATH}/${part(id)}`, query: { reason } });
      return true;
    },
    doubt: async () => undefined,
    close: () => undefined,
  };
}
