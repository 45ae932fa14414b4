import { pino } from 'pino';
import { z } from 'zod';
import type { ExecutionStore } from '../../src/engine/execution-store.js';
import { Basis } from '../../src/intake/basis.js';
import { RunbookOpener } from '../../src/intake/runbook-opener.js';
import { StormProposals } from '../../src/intake/storm-proposals.js';
import { StormWatch } from '../../src/intake/storm-watch.js';
import { CatalogSuccessors } from '../../src/intake/successors.js';
import { Announcer } from '../../src/notify/announcer.js';
import { DEFAULT_NOTIFY, type NotifySettings } from '../../src/config/notify.js';
import { Courier } from '../../src/notify/courier.js';
import { Editor } from '../../src/notify/editor.js';
import { MailRound } from '../../src/notify/mail-round.js';
import { Newsroom } from '../../src/notify/newsroom.js';
import { Reminders } from '../../src/notify/reminders.js';
import { FreezeWatch } from '../../src/notify/freeze-watch.js';
import { loadPlugins } from '../../src/plugin-host/loaded-plugins.js';
import { PluginHost } from '../../src/plugin-host/plugin-host.js';
import { pluginLog } from '../../src/telemetry/logger.js';
import { Reporter } from '../../src/telemetry/reporter.js';
import { Lookout } from '../../src/worker/lookout.js';
import { smallFirebreak, type Made, type SmallFirebreak } from './small-firebreak.js';

const logLine = z.looseObject({ level: z.string(), message: z.string() });

/** A small Firebreak that tells people, and whose log can be read. */
export interface WatchedFirebreak extends SmallFirebreak {
  /** Every line of the log, as the person on call reads it. */
  readonly lines: z.infer<typeof logLine>[];
  /** One more process that looks out; it does so only when it is asked to. */
  lookout(store?: ExecutionStore): Lookout;
  /** One more process that tells people; it does so only when it is asked to. */
  mailRound(store: ExecutionStore): MailRound;
}

/** How a test wants it otherwise. */
export interface MadeToTell extends Made {
  readonly notify?: Partial<NotifySettings>;
  /** Stands between the couriers and the notifiers. */
  readonly sender?: (host: PluginHost) => Pick<PluginHost, 'send'>;
}

/** Starts it with one worker that looks out once a second. */
export async function watchedFirebreak(made: MadeToTell): Promise<WatchedFirebreak> {
  const small = await smallFirebreak(made);
  const { world, catalog, metrics } = small;
  const lines: WatchedFirebreak['lines'] = [];
  const format = {
    base: null,
    timestamp: false,
    messageKey: 'message',
    formatters: { level: (level: string) => ({ level }) },
  };
  const log = pino(format, { write: (line: string) => void lines.push(logLine.parse(JSON.parse(line))) });
  const loading = loadPlugins([world.target.plugin()], {}, (fields) => pluginLog(log, { plugin: fields }));
  if (!loading.ok) throw new Error(loading.problems.join('; '));
  const host = new PluginHost(loading.loaded, world.clock, metrics.pluginCall, (fields) => pluginLog(log, fields));
  const config = { publicUrl: 'http://firebreak.example.org', notify: { ...DEFAULT_NOTIFY, ...made.notify } };
  const editor = new Editor(config, catalog, log);
  const wakeups = { ring: async (id: string, at: number) => world.ring(id, at) };
  const announcer = (store: ExecutionStore): Announcer => new Announcer(store, editor, world.clock, log);
  const mailRound = (store: ExecutionStore): MailRound => {
    const newsroom = new Newsroom(store, announcer(store), editor, config, log);
    const reminders = new Reminders(store, announcer(store), config, world.clock, log);
    const courier = new Courier(made.sender?.(host) ?? host, store, world.clock, metrics, log);
    return new MailRound(newsroom, reminders, courier, world.clock, log);
  };
  const basisOn = (store: ExecutionStore): Basis =>
    new Basis(catalog, store, { conditions: () => made.conditions ?? {} });
  const lookout = (store: ExecutionStore = world.store, mail: MailRound = mailRound(store)): Lookout => {
    const proposals = new StormProposals(catalog, new RunbookOpener(basisOn(store), store, wakeups, world.clock));
    const storms = new StormWatch(store, proposals, announcer(store), log);
    return new Lookout(storms, new FreezeWatch(store, announcer(store), log), mail, world.clock, log);
  };
  const round = mailRound(world.store);
  const reporter = new Reporter(log, metrics, round, world.clock);
  world.onSaved = (...news) => reporter.saved(...news);
  world.successors = new CatalogSuccessors(
    new RunbookOpener(basisOn(world.store), world.store, wakeups, world.clock),
    world.store,
  );
  lookout(world.store, round).start();
  return { ...small, lines, lookout, mailRound };
}
