import type { INestApplication } from '@nestjs/common';
import type { Parts } from '../app.module.js';
import { VERSION } from '../version.js';
import { BullWakeups } from '../worker/bull-wakeups.js';
import { Canary } from '../worker/canary.js';
import type { Catalog } from '../catalog/catalog.js';
import type { Mode } from '../core/runbook.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { Permit } from '../engine/permit.js';
import type { CenterFigures } from '../telemetry/gauges.js';
import { StandingProbes } from '../watch/standing-probes.js';

/** Tells the metrics whom to ask at each scrape. */
export function connectGauges(app: INestApplication, parts: Parts): void {
  const { config, store, catalog, clock, metrics, plugins } = parts;
  const wakeups = app.get(BullWakeups);
  const canary = app.get(Canary);
  const permit = app.get(Permit);
  const probes = app.get(StandingProbes);
  metrics.connect(
    {
      openByPhase: () => store.countOpen(),
      oldestDueSeconds: async () => (await store.oldestDue()) / 1000,
      canarySeconds: () => canary.ageSeconds(),
      queueJobs: () => wakeups.counts(),
      pausesByScope: async () => (await store.pauses()).map((pause) => pause.scope),
      // a process that begins nothing needs no permit
      permitAgeSeconds: () => (config.role === 'api' ? 0 : permit.ageMs() / 1000),
      storms: async () => (await store.governance.storms()).length,
      messages: async () =>
        (await store.outbox.waiting()).map(({ notifier, count, oldestPutAt }) => ({
          notifier,
          count,
          oldestSeconds: Number.isNaN(oldestPutAt) ? 0 : Math.max(0, clock.now() - oldestPutAt) / 1000,
        })),
      capped: () => cappedRunbooks(catalog, store),
      runbooks: () => catalog.current.runbooks.size,
      centers: () => centersOf(catalog, store),
      probes: () => probes.answers(),
      children: () =>
        (plugins.children?.states() ?? []).map(({ plugin, state }) => ({ plugin, up: state.state === 'up' })),
      configAgeSeconds: () => {
        const { problems, loadedAt } = catalog.status();
        return problems.length === 0 ? 0 : Math.max(0, (clock.now() - loadedAt) / 1000);
      },
    },
    { version: VERSION, plugins: plugins.plugins },
  );
}

/** The runbooks in force that lost trust. */
async function cappedRunbooks(catalog: Catalog, store: ExecutionStore): Promise<{ runbook: string; to: Mode }[]> {
  const names = [...catalog.current.runbooks.keys()];
  const cards = await Promise.all(names.map((name) => store.governance.scorecard(name)));
  return names.flatMap((runbook, i) => {
    const trust = cards[i]?.trust;
    return trust === undefined ? [] : [{ runbook, to: trust.to }];
  });
}

async function centersOf(catalog: Catalog, { governance }: ExecutionStore): Promise<CenterFigures[]> {
  const [taken, records] = await Promise.all([governance.outOfService(), governance.centerRecords()]);
  return Object.keys(catalog.current.topology.centers).map((id) => {
    const provenAt = records.find(({ center }) => center === id)?.provenAt;
    const inService = !taken.some(({ center }) => center === id);
    return { center: id, inService, ...(provenAt === undefined ? {} : { provenAt }) };
  });
}
