import type { INestApplication } from '@nestjs/common';
import type { Parts } from '../app.module.js';
import { VERSION } from '../version.js';
import { BullWakeups } from '../worker/bull-wakeups.js';
import { Canary } from '../worker/canary.js';
import type { Catalog } from '../catalog/catalog.js';
import type { Topology } from '../catalog/topology.js';
import { carriesTraffic } from '../core/carries-traffic.js';
import type { Mode, Runbook } from '../core/runbook.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { Permit } from '../engine/permit.js';
import type { CenterFigures, RunbookFacts, TopologyFacts } from '../telemetry/gauge-sources.js';
import { StandingProbes } from '../watch/standing-probes.js';
import { presentExecutions } from './present-executions.js';

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
      present: (most) => presentExecutions(store, most),
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
      recoveryPoints: () => recoveryPointsOf(store),
      runbooks: () => [...catalog.current.runbooks.values()].map(runbookFacts),
      centers: () => centersOf(catalog, store),
      topology: () => topologyFacts(catalog.current.topology),
      probes: () => probes.answers(),
      drills: () => store.governance.lastDrills(),
      children: () =>
        (plugins.children?.states() ?? []).map(({ plugin, state }) => ({ plugin, up: state.state === 'up' })),
      configAgeSeconds: () => {
        const { refusedSince } = catalog.status();
        return refusedSince === undefined ? 0 : Math.max(0, (clock.now() - refusedSince) / 1000);
      },
    },
    { version: VERSION, plugins: plugins.plugins, publicUrl: config.publicUrl },
  );
}

function runbookFacts({ name, mode, owner, objective }: Runbook): RunbookFacts {
  return { runbook: name, mode, owner, ...(objective === undefined ? {} : { objective }) };
}

function topologyFacts({ centers, pairs, services, baselines }: Topology): TopologyFacts {
  return {
    centers: Object.entries(centers).map(([center, { region, vendor, role }]) => ({ center, region, vendor, role })),
    links: pairs,
    services: Object.entries(services).flatMap(([service, { centers: where, home }]) =>
      where.map((center) => ({ service, center, isHome: center === home })),
    ),
    baselines: Object.entries(baselines).flatMap(([center, numbers]) =>
      Object.entries(numbers).map(([baseline, value]) => ({ center, baseline, value })),
    ),
  };
}

async function recoveryPointsOf({ governance }: ExecutionStore): Promise<ReadonlyMap<string, number>> {
  const points = await governance.recoveryPoints();
  return new Map([...points].map(([runbook, ms]) => [runbook, ms === 'unknown' ? Infinity : ms / 1000]));
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
  return Object.entries(catalog.current.topology.centers).map(([id, { role }]) => {
    const { provenAt, moved } = records.find(({ center }) => center === id) ?? {};
    const inService = !taken.some(({ center }) => center === id);
    const carries = carriesTraffic({ inService, role, moved });
    return { center: id, inService, carries, ...(provenAt === undefined ? {} : { provenAt }) };
  });
}
