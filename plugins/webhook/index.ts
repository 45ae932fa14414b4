import { Agent } from 'undici';
import { z } from 'zod';
import { httpUrl } from '../clients/http.js';
import { timeoutSchema } from '../clients/timeout.js';
import { definePlugin, secret } from '../../src/plugin-sdk/index.js';
import { post } from './post.js';

const receiver = z.strictObject({
  // Many chat services put the credential into the address itself, so it is masked like a token.
  url: secret().pipe(httpUrl),
  token: secret().optional(),
  timeout: timeoutSchema('5s'),
});

/** Tells people by posting JSON; each configured receiver is a notifier, `webhook/<receiver>`. */
export default definePlugin({
  id: 'webhook',
  sdk: 1,
  version: '1.0.0',
  config: z.strictObject({ receivers: z.record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i), receiver) }),
  connect: async () => new Agent(),
  close: (agent) => agent.destroy(),
  provide: ({ config, notifier }) => ({
    notifiers: Object.fromEntries(
      Object.entries(config.receivers).map(([name, to]) => [
        name,
        notifier({
          summary: `Post to ${name}`,
          send: ({ client, signal }, message) => post(client, { name: `webhook/${name}`, ...to }, message, signal),
        }),
      ]),
    ),
  }),
});
