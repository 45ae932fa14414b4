import { randomUUID } from 'node:crypto';
import { BullModule } from '@nestjs/bullmq';
import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Cluster, Redis } from 'ioredis';
import { ACCESS_PROVIDERS } from './access/access-providers.js';
import { RedisSessionStore } from './access/sessions/redis-session-store.js';
import { SESSION_STORE } from './access/sessions/session-store.js';
import { API_CONTROLLERS, API_PROVIDERS } from './api/api-parts.js';
import { HealthController } from './api/health.controller.js';
import { IDEMPOTENCY_KEYS } from './api/idempotency-keys.js';
import { RedisIdempotencyKeys } from './api/redis-idempotency-keys.js';
import { Catalog } from './catalog/catalog.js';
import type { Config } from './config.js';
import { CONSOLE_CONTROLLERS, CONSOLE_PROVIDERS } from './console/console-parts.js';
import type { Clock } from './core/clock.js';
import { Effects } from './engine/effects.js';
import { Engine } from './engine/engine.js';
import type { ExecutionStore } from './engine/execution-store.js';
import { Permit } from './engine/permit.js';
import { Sweeper } from './engine/sweeper.js';
import type { Wakeups } from './engine/wakeups.js';
import { PROBLEM_OBSERVER } from './http/problem-filter.js';
import { AlertController } from './intake/alert.controller.js';
import { Basis } from './intake/basis.js';
import { Intake } from './intake/intake.js';
import { RunbookOpener } from './intake/runbook-opener.js';
import { StormProposals } from './intake/storm-proposals.js';
import { StormWatch } from './intake/storm-watch.js';
import { CatalogSuccessors } from './intake/successors.js';
import { Announcer } from './notify/announcer.js';
import { Courier } from './notify/courier.js';
import { Editor } from './notify/editor.js';
import { FreezeWatch } from './notify/freeze-watch.js';
import { MailRound } from './notify/mail-round.js';
import { Newsroom } from './notify/newsroom.js';
import { Reminders } from './notify/reminders.js';
import {
  CENTER_REPORTS,
  CLOCK,
  CONFIG,
  LOGGER,
  PLUGINS,
  QUEUE_COUNTS,
  STANDING_REPORTS,
  STORE,
  WAKEUPS,
} from './parts.js';
import type { LoadedPlugins } from './plugin-host/loaded-plugins.js';
import { PluginHost } from './plugin-host/plugin-host.js';
import type { RedisClock } from './redis/redis-clock.js';
import { MetricsController } from './telemetry/metrics.controller.js';
import { Metrics } from './telemetry/metrics.js';
import { Reporter } from './telemetry/reporter.js';
import { permitLog, pluginLog } from './telemetry/logger.js';
import { StandingProbes } from './watch/standing-probes.js';
import { WatchReporter } from './watch/watch-reporter.js';
import { BullWakeups } from './worker/bull-wakeups.js';
import { Canary } from './worker/canary.js';
import { Lookout } from './worker/lookout.js';
import { QUEUE_PREFIX, WAKEUP_QUEUE } from './worker/queue.js';
import { WakeupProcessor } from './worker/wakeup-processor.js';
import { WorkerLife } from './worker/worker-life.js';

/** What is made before Nest: everything that can refuse to start. */
export interface Parts {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: RedisClock;
  readonly store: ExecutionStore;
  readonly catalog: Catalog;
  readonly plugins: LoadedPlugins;
  readonly metrics: Metrics;
  /** Connection for commands that must fail at once when Redis is away. */
  readonly commands: Redis | Cluster;
  /** Connection for the queue, which waits for Redis. */
  readonly queue: Redis | Cluster;
}

/** The one place where the parts meet; read it from top to bottom. */
@Module({})
export class AppModule {
  /** Puts the service together for its role. */
  static of(parts: Parts): DynamicModule {
    const { role } = parts.config;
    const controllers: Type[] =
      role === 'worker' ? [HealthController] : [AlertController, ...API_CONTROLLERS, ...CONSOLE_CONTROLLERS];
    return {
      module: AppModule,
      imports: [
        BullModule.forRoot({ connection: parts.queue, prefix: QUEUE_PREFIX }),
        BullModule.registerQueue({ name: WAKEUP_QUEUE }),
      ],
      controllers: [MetricsController, ...controllers],
      providers: [
        ...made(parts),
        ...ACCESS_PROVIDERS,
        ...CORE,
        ...API_PROVIDERS,
        ...CONSOLE_PROVIDERS,
        ...(role === 'api' ? [] : [WakeupProcessor, WorkerLife]),
      ],
    };
  }
}

/** Parts that exist already. */
function made({ config, log, clock, store, catalog, plugins, metrics, commands }: Parts): Provider[] {
  return [
    { provide: CONFIG, useValue: config },
    { provide: LOGGER, useValue: log },
    { provide: CLOCK, useValue: clock },
    { provide: STORE, useValue: store },
    { provide: Catalog, useValue: catalog },
    { provide: PLUGINS, useValue: plugins },
    { provide: Metrics, useValue: metrics },
    { provide: PROBLEM_OBSERVER, useValue: metrics.requestRefused },
    { provide: IDEMPOTENCY_KEYS, useValue: new RedisIdempotencyKeys(commands) },
    { provide: SESSION_STORE, useValue: new RedisSessionStore(commands) },
  ];
}

/** From the webhook to the effect, in the order of the way. */
const CORE: Provider[] = [
  Basis,
  Intake,
  BullWakeups,
  { provide: WAKEUPS, useExisting: BullWakeups },
  { provide: QUEUE_COUNTS, inject: [BullWakeups], useFactory: (queue: BullWakeups) => () => queue.counts() },
  Canary,
  {
    provide: PluginHost,
    inject: [PLUGINS, CLOCK, Metrics, LOGGER],
    useFactory: (plugins: LoadedPlugins, clock: Clock, metrics: Metrics, log: Logger) =>
      new PluginHost(plugins, clock, metrics.pluginCall, (fields) => pluginLog(log, fields)),
  },
  {
    provide: WatchReporter,
    inject: [Metrics, LOGGER, CLOCK],
    useFactory: (metrics: Metrics, log: Logger, clock: Clock) => new WatchReporter(metrics, log, clock),
  },
  {
    provide: StandingProbes,
    inject: [CONFIG, Catalog, PluginHost, CLOCK, WatchReporter],
    useFactory: ({ probes }: Config, catalog: Catalog, host: PluginHost, clock: Clock, reporter: WatchReporter) =>
      new StandingProbes(
        probes,
        () => catalog.current,
        (order, timeoutMs) => host.look(order, timeoutMs),
        clock,
        reporter,
      ),
  },
  { provide: CENTER_REPORTS, useExisting: StandingProbes },
  { provide: STANDING_REPORTS, useExisting: StandingProbes },
  RunbookOpener,
  CatalogSuccessors,
  {
    provide: Permit,
    inject: [STORE, CLOCK, LOGGER],
    useFactory: async (store: ExecutionStore, clock: Clock, log: Logger) => {
      const permit = new Permit(`w-${randomUUID()}`, store, clock, permitLog(log));
      // before the first wake-up is answered
      await permit.refresh();
      return permit;
    },
  },
  {
    provide: Effects,
    inject: [Permit, PluginHost, CLOCK, CatalogSuccessors],
    useFactory: (permit: Permit, host: PluginHost, clock: Clock, successors: CatalogSuccessors) =>
      new Effects(permit, host, clock, successors),
  },
  Editor,
  Announcer,
  Newsroom,
  Reminders,
  Courier,
  MailRound,
  Reporter,
  StormProposals,
  StormWatch,
  FreezeWatch,
  Lookout,
  {
    provide: Engine,
    inject: [STORE, Effects, WAKEUPS, CLOCK, Reporter],
    useFactory: (store: ExecutionStore, effects: Effects, wakeups: Wakeups, clock: Clock, reporter: Reporter) =>
      new Engine(store, effects, wakeups, clock, reporter),
  },
  {
    provide: Sweeper,
    inject: [STORE, WAKEUPS, CLOCK, Reporter],
    useFactory: (store: ExecutionStore, wakeups: Wakeups, clock: Clock, reporter: Reporter) =>
      new Sweeper(store, wakeups, clock, reporter),
  },
];
