import { Agent } from 'undici';
import { z } from 'zod';
import { definePlugin, secret } from '../../src/plugin-sdk/index.js';
import { httpUrl } from '../clients/http.js';
import { timeoutSchema } from '../clients/timeout.js';
import { send } from './send.js';

const service = z.strictObject({
  routingKey: secret().pipe(z.string().min(1)),
  // of the European region: https://events.eu.pagerduty.com/v2/enqueue
  url: httpUrl.default('https://events.pagerduty.com/v2/enqueue'),
  timeout: timeoutSchema('5s'),
});

/** Tells people through PagerDuty; each configured service is a notifier, `pagerduty/<service>`. */
export default definePlugin({
  id: 'pagerduty',
  sdk: 1,
  version: '1.0.0',
  config: z.strictObject({ services: z.record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i), service) }),
  connect: async () => new Agent(),
  close: (agent) => agent.destroy(),
  provide: ({ config, notifier }) => ({
    notifiers: Object.fromEntries(
      Object.entries(config.services).map(([name, to]) => [
        name,
        notifier({
          summary: `Open or resolve an incident of ${name} in PagerDuty`,
          send: ({ client, signal }, message) => send(client, { name: `pagerduty/${name}`, ...to }, message, signal),
        }),
      ]),
    ),
  }),
});
