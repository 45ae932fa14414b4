import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { isOpen } from '../access/is-open.js';
import { proxyAddresses } from '../access/proxy/proxy-addresses.js';
import { AppModule, type Parts } from '../app.module.js';
import type { Config } from '../config.js';
import { redisSecrets } from '../config/redis-location.js';
import { accessSecrets } from '../config/access-secrets.js';
import { APP_OPTIONS, prepareApp } from '../api/prepare-app.js';
import type { Catalog } from '../catalog/catalog.js';
import { otherWarnings } from '../catalog/snapshot.js';
import { fastifyAdapter } from '../http/fastify-adapter.js';
import { VERSION } from '../version.js';
import { openCatalog } from './open-catalog.js';
import { openStore } from './open-store.js';
import { childNews } from '../telemetry/child-news.js';
import { makeLog, type Log } from '../telemetry/logger.js';
import { Metrics } from '../telemetry/metrics.js';
import { connectGauges } from './connect-gauges.js';
import { listen } from './listen.js';
import { sayResting } from './resting-runbooks.js';
import { nestLog } from '../telemetry/nest-log.js';
import { hideInSpans } from '../telemetry/spans.js';

/** A running service. */
export interface Service {
  readonly app: NestFastifyApplication;
  readonly log: Log;
  /** Stops taking alerts, lets what is under way come to a save, and lets go of everything. */
  stop(): Promise<void>;
}

/** A running service, or everything that keeps it from starting. */
export type Started =
  | { readonly ok: true; readonly service: Service }
  | { readonly ok: false; readonly what: string; readonly problems: readonly string[] };

/**
 * Makes everything that can refuse to start, then the HTTP server and the workers around it.
 *
 * @param config all settings
 * @param change lets a test put a part of its own in a part's place
 */
export async function startService(
  config: Config,
  change: (parts: Parts) => Parts = (parts) => parts,
): Promise<Started> {
  const began = performance.now();
  const opened = await openCatalog(config);
  if (!opened.ok) return opened;
  const { catalog, plugins, warnings } = opened;
  const secrets = [...plugins.secrets, ...accessSecrets(config.access), ...redisSecrets(config.redis)];
  hideInSpans(secrets);
  const log = makeLog({
    sourceId: config.sourceId,
    level: config.logLevel,
    secrets,
    configVersion: () => catalog.current.version.slice(0, 12),
    fallback: () => catalog.fallback(),
    now: () => performance.now(),
  });
  for (const warning of otherWarnings(warnings, catalog.current.resting)) log.warn(warning);
  const rest = sayResting(catalog.current);
  if (rest !== undefined) log.info(rest);
  const storage = await openStore(config, log);
  if (!storage.ok) return { ok: false, what: 'Redis', problems: storage.problems };
  const { store, clock, commands, queue } = storage;
  opened.useClock(clock);
  const metrics = new Metrics(config.infoSeries);
  plugins.children?.listen(childNews(log, metrics));
  const parts = change({ config, log, clock, store, catalog, plugins, metrics, commands, queue });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of(parts),
    fastifyAdapter(proxyAddresses(config.access.proxy?.addresses)),
    {
      ...APP_OPTIONS,
      logger: nestLog(log),
    },
  );
  await prepareApp(app);
  connectGauges(app, parts);
  tellOfReloads(catalog, metrics, log);
  const stop = (): Promise<void> =>
    stopInTurn(
      // the queue would wait for Redis for ever; others go on with what was under way
      () => Promise.race([app.close(), storage.untilGone()]),
      () => catalog.close(),
      () => storage.close(),
      () => plugins.close(),
    );
  const refusal = await listen(app, config);
  if (refusal !== undefined) {
    await stop();
    return { ok: false, what: 'settings', problems: [refusal] };
  }
  const { size } = catalog.current.runbooks;
  log.info(
    {
      version: VERSION,
      role: config.role,
      url: await app.getUrl(),
      runbooks: size,
      startMs: Math.round(performance.now() - began),
    },
    'ready',
  );
  if (isOpen(config)) log.warn('no credentials are configured: everybody on this machine may do everything');
  return { ok: true, service: { app, log, stop } };
}

function tellOfReloads(catalog: Catalog, metrics: Metrics, log: Log): void {
  catalog.onJudged((result, ms) => {
    metrics.configLoaded(!result.activated ? 'refused' : result.changed ? 'activated' : 'unchanged');
    if (!result.activated) metrics.configFellBack(ms / 1000);
  });
  catalog.watch((reloaded) => {
    if (reloaded.activated) log.info({ runbooks: reloaded.snapshot.runbooks.size }, 'the runbooks were loaded again');
    else
      log.error(
        { because: reloaded.because, problems: reloaded.problems },
        'the new edition of the runbooks is refused; the old one stays in force',
      );
  });
}

async function stopInTurn(...closings: readonly (() => Promise<void> | void)[]): Promise<void> {
  for (const close of closings) await close();
}
