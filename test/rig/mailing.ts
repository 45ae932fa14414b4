import type { SMTPServerOptions } from 'smtp-server';
import plugin from '../../plugins/email/index.js';
import type { Message } from '../../src/plugin-sdk/index.js';
import type { PluginInstance } from '../../src/plugin-sdk/plugin.js';
import { SMTP_CA, startSmtp, type RigSmtp } from './smtp.js';

/** The password of `firebreak` at the servers here. */
export const PASSWORD = 'canary-9d2f';

/** A message to mail. */
export const MESSAGE: Message = {
  id: '1-awaiting-approval-1',
  event: 'awaiting-approval',
  title: 'Cut over centre a',
  text: 'centers: a state ready -> maint\n.a line with a dot\nuntil 12:00',
  link: 'http://localhost:9700/executions/1',
  execution: { id: '1', runbook: 'cut-over-center', target: 'center/a', phase: 'awaiting-approval' },
};

/** What must be stopped after a test. */
export type Stops = (() => Promise<void> | void)[];

/** Starts an SMTP server that is stopped with the rest. */
export async function smtp(stops: Stops, options: SMTPServerOptions = {}): Promise<RigSmtp> {
  const server = await startSmtp(PASSWORD, options);
  stops.push(server.stop);
  return server;
}

/** The plugin, and a way to send through it. */
export interface Mailing {
  readonly instance: PluginInstance;
  readonly send: (what?: Partial<Message>, to?: string, signal?: AbortSignal) => Promise<void>;
  /** What it has warned of. */
  readonly warnings: readonly string[];
}

/** Makes the plugin for one server. */
export function mailing(stops: Stops, port: number, server: object = {}, rest: object = {}): Mailing {
  const warnings: string[] = [];
  const log = { info: () => {}, warn: (what: string) => void warnings.push(what) };
  const instance = plugin.instantiate(
    {
      server: {
        host: 'localhost',
        port,
        ca: SMTP_CA,
        login: { username: 'firebreak', password: PASSWORD },
        ...server,
      },
      from: { address: 'firebreak@example.org' },
      recipients: { oncall: { to: ['a@example.org', 'b@example.org'] }, boss: { to: ['boss@example.org'] } },
      timeout: '1s',
      ...rest,
    },
    log,
  );
  stops.push(() => instance.close());
  const send: Mailing['send'] = async (what = {}, to = 'oncall', signal = new AbortController().signal) => {
    const notifier = instance.provided.notifiers?.[to];
    if (notifier === undefined) throw new Error(`there is no notifier ${to}`);
    await notifier.send({ signal, log }, { ...MESSAGE, ...what });
  };
  return { instance, send, warnings };
}
