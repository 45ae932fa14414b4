import { readFile } from 'node:fs/promises';
import { definePlugin, PluginError } from '../../src/plugin-sdk/index.js';
import { configSchema } from './config.js';
import { send } from './send.js';

/** Tells people by mail; each configured group of recipients is a notifier, `email/<group>`. */
export default definePlugin({
  id: 'email',
  sdk: 1,
  version: '1.0.0',
  config: configSchema,
  async connect(config) {
    const path = config.server.ca;
    if (path === undefined) return { config, ca: undefined };
    const ca = await readFile(path, 'utf8').catch(() => {
      throw new PluginError('unreadable-file', `email: the certificates in ${path} can't be read`, false);
    });
    return { config, ca };
  },
  // Each message has a connection of its own.
  close: () => {},
  provide: ({ config, notifier }) => ({
    notifiers: Object.fromEntries(
      Object.keys(config.recipients).map((group) => [
        group,
        notifier({
          summary: `Mail to ${group}`,
          send: ({ client, signal, log }, message) => send({ client, signal, log }, group, message),
        }),
      ]),
    ),
  }),
});
