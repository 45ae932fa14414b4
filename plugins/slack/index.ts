import { Agent } from 'undici';
import { z } from 'zod';
import { httpUrl } from '../clients/http.js';
import { timeoutSchema } from '../clients/timeout.js';
import { definePlugin, secret } from '../../src/plugin-sdk/index.js';
import { post } from './post.js';

const channel = z.strictObject({
  // Whoever knows the address of an incoming webhook may write to its channel.
  url: secret().pipe(httpUrl),
  timeout: timeoutSchema('5s'),
  // only an app whose interactivity leads to this Firebreak can answer
  buttons: z.boolean().default(false),
});

/** Tells people in Slack through incoming webhooks; each configured channel is a notifier, `slack/<channel>`. */
export default definePlugin({
  id: 'slack',
  sdk: 1,
  version: '1.0.0',
  config: z.strictObject({ channels: z.record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i), channel) }),
  connect: async () => new Agent(),
  close: (agent) => agent.destroy(),
  provide: ({ config, notifier }) => ({
    notifiers: Object.fromEntries(
      Object.entries(config.channels).map(([name, to]) => [
        name,
        notifier({
          summary: `Post to ${name} in Slack`,
          send: ({ client, signal }, message) => post(client, { name: `slack/${name}`, ...to }, message, signal),
        }),
      ]),
    ),
  }),
});
