import { definePlugin } from '../../src/plugin-sdk/index.js';
import { commandAction } from './action.js';
import { configSchema } from './config.js';

/** Runs programs that an operator has listed; each configured command is an action, `command/<name>`. */
export default definePlugin({
  id: 'command',
  sdk: 1,
  version: '1.0.0',
  config: configSchema,
  connect: async () => undefined,
  close: () => {},
  provide: (kit) => ({
    actions: Object.fromEntries(
      Object.entries(kit.config.commands).map(([name, settings]) => [name, commandAction(kit, name, settings)]),
    ),
  }),
});
