import { z } from 'zod';
import { asPlanned, definePlugin } from '../../src/plugin-sdk/index.js';
import { LampFile, lampState } from './lamps.js';

const lamp = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be a short name: a-z, 0-9 and -');
const before = z.strictObject({ state: lampState });

/** Something harmless to change: lamps that are nowhere but in a file, for learning and for practising. */
export default definePlugin({
  id: 'practice',
  sdk: 1,
  version: '1.0.0',
  config: z.strictObject({ file: z.string().min(1).default('./data/practice.json') }),
  connect: async ({ file }) => new LampFile(file),
  close: async () => undefined,
  provide: ({ action, probe }) => ({
    actions: {
      lamp: action({
        summary: 'Switch a lamp that is nowhere but in a file',
        params: z.strictObject({ lamp, state: lampState }),
        before,
        risk: 'low',
        idempotency: 'conditional',

        async check({ client, params, signal }) {
          const now = await client.state(params.lamp, signal);
          return now === params.state
            ? { needed: false, because: `${params.lamp} is ${now} already` }
            : { needed: true };
        },

        async plan({ client, params, earlier, signal }) {
          const resource = `lamp/${params.lamp}`;
          const now = await client.state(params.lamp, signal);
          const from = lampState.parse(asPlanned(earlier, resource, 'state', now));
          return {
            summary: `${params.lamp}: ${from} -> ${params.state}`,
            changes: [{ resource, attribute: 'state', from, to: params.state }],
            before: { state: from },
            facts: { harm: 'none: this lamp is nowhere but in a file' },
          };
        },

        async apply(call, { state }) {
          await call.client.turn(call.params.lamp, { from: state, to: call.params.state }, call);
          return { done: true };
        },

        async verify({ client, params, signal }) {
          const now = await client.state(params.lamp, signal);
          return now === params.state ? { took: true } : { took: false, detail: `${params.lamp} is ${now}` };
        },

        async revert(call, { state }) {
          await call.client.turn(call.params.lamp, { from: call.params.state, to: state }, call);
          return { done: true };
        },
      }),
    },
    probes: {
      lamp: probe({
        summary: 'See whether a lamp shines',
        params: z.strictObject({ lamp, healthy: lampState.default('on') }),
        async measure({ client, params, signal }) {
          const state = await client.state(params.lamp, signal);
          return {
            status: state === params.healthy ? 'healthy' : 'unhealthy',
            detail: `${params.lamp} is ${state}`,
            value: state === 'on' ? 1 : 0,
          };
        },
      }),
    },
  }),
});
