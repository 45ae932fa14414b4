import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { SimulatedAlert } from '../../src/api/simulated.js';
import { Simulation } from '../../src/api/simulation.js';
import { Why } from '../../src/api/why.js';
import { Catalog, type CatalogOptions } from '../../src/catalog/catalog.js';
import type { CenterConditions } from '../../src/core/affinity.js';
import { labelsFrom, type Instant } from '../../src/core/alert.js';
import type { Clock } from '../../src/core/clock.js';
import { fingerprintOf } from '../../src/core/fingerprint.js';
import type { ExecutionStore } from '../../src/engine/execution-store.js';
import { Basis } from '../../src/intake/basis.js';
import { Intake, type Received } from '../../src/intake/intake.js';
import { readAlerts, type ReadPayload } from '../../src/intake/read-payload.js';
import { loadPlugins } from '../../src/plugin-host/loaded-plugins.js';
import { PluginHost } from '../../src/plugin-host/plugin-host.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import type { PretendTarget } from '../../src/testing/pretend-target.js';
import { PRETEND_NAMES } from '../../src/testing/pretend-names.js';
import { World } from '../../src/testing/world.js';

/** What it is made of: files as an operator writes them, and settings. */
export interface Made extends Pick<CatalogOptions, 'governor'> {
  /** By the name of the runbook. */
  readonly runbooks: Readonly<Record<string, string>>;
  readonly topology?: string;
  /** How the centres are; the test may change what it has given. */
  readonly conditions?: CenterConditions;
  /** Stands between intake and the store. */
  readonly between?: (store: ExecutionStore) => ExecutionStore;
}

/** One alert of a webhook. */
export interface Given {
  readonly labels: Readonly<Record<string, string>>;
  /** When it began; now, if nothing is said. */
  readonly startsAt?: Instant;
  /** Makes it a resolved one. */
  readonly endsAt?: Instant;
}

/** A Firebreak in memory with a pretend target: everything from a webhook's body to the effect is real. */
export interface SmallFirebreak {
  readonly world: World;
  readonly catalog: Catalog;
  readonly basis: Basis;
  readonly metrics: Metrics;
  readonly intake: Intake;
  /** One more process that takes alerts in, on the same store; it remembers nothing of what the first one saw. */
  readonly another: () => Intake;
  readonly why: Why;
  /** Posts one webhook. */
  readonly post: (...alerts: readonly Given[]) => Promise<Received>;
  /** Asks what one would do. */
  readonly simulate: (...alerts: readonly Given[]) => Promise<readonly SimulatedAlert[]>;
}

/** Starts it; its files are gone when the test is finished. */
export async function smallFirebreak({
  runbooks,
  topology,
  governor,
  between,
  conditions = {},
}: Made): Promise<SmallFirebreak> {
  const home = mkdtempSync(join(tmpdir(), 'firebreak-small-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const folder = join(home, 'runbooks');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(runbooks)) writeFileSync(join(folder, `${name}.yaml`), text);
  const map = join(home, 'topology.yaml');
  if (topology !== undefined) writeFileSync(map, topology);
  const world = new World();
  const opened = await Catalog.open({
    folder,
    names: PRETEND_NAMES,
    now: () => world.clock.now(),
    ...(topology === undefined ? {} : { topology: map }),
    ...(governor === undefined ? {} : { governor }),
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems, null, 2));
  const metrics = new Metrics();
  const wakeups = { ring: async (id: string, at: number) => world.ring(id, at) };
  const store = between?.(world.store) ?? world.store;
  const basis = new Basis(opened.catalog, store, { conditions: () => conditions });
  const another = (): Intake => new Intake(basis, store, wakeups, world.clock, metrics);
  const intake = another();
  const { catalog } = opened;
  const simulation = new Simulation(basis, store, hostOf(world.target, world.clock), world.clock);
  const read = (alerts: readonly Given[]): Extract<ReadPayload, { ok: true }> => {
    const payload = readAlerts(webhook(alerts, world.clock.now()));
    if (!payload.ok) throw new Error(payload.detail);
    return payload;
  };
  return {
    world,
    catalog,
    basis,
    metrics,
    intake,
    another,
    why: new Why(catalog, store, world.clock),
    post: (...alerts) => intake.receive(read(alerts)),
    simulate: (...alerts) => simulation.run(read(alerts).alerts),
  };
}

/** Calls the pretend target the way the service does. */
export function hostOf(target: PretendTarget, clock: Clock): PluginHost {
  const silent = { info: () => undefined, warn: () => undefined };
  const loading = loadPlugins([target.plugin()], {}, () => silent);
  if (!loading.ok) throw new Error(loading.problems.join('; '));
  const observe = (): void => undefined;
  return new PluginHost(loading.loaded, clock, observe, () => silent);
}

/** The body as Alertmanager sends it. */
export function webhook(alerts: readonly Given[], now: Instant): object {
  return {
    version: '4',
    alerts: alerts.map(({ labels, startsAt = now, endsAt }) => ({
      status: endsAt === undefined ? 'firing' : 'resolved',
      labels,
      annotations: {},
      startsAt: new Date(startsAt).toISOString(),
      ...(endsAt === undefined ? {} : { endsAt: new Date(endsAt).toISOString() }),
      fingerprint: fingerprintOf(labelsFrom(labels)),
    })),
  };
}

/** How many alerts came in by now, and what became of them: by fate and reason. */
export async function fatesOf(
  metrics: Metrics,
): Promise<{ received: number; fates: Readonly<Record<string, number>> }> {
  const valuesOf = async (name: string) => (await metrics.registry.getSingleMetric(name)?.get())?.values ?? [];
  const received = await valuesOf('firebreak_alerts_received_total');
  const fates = await valuesOf('firebreak_alert_fates_total');
  return {
    received: received.reduce((sum, { value }) => sum + value, 0),
    fates: Object.fromEntries(
      fates.map(({ labels, value }) => [[labels['fate'], labels['because']].filter(Boolean).join(' '), value]),
    ),
  };
}

/** Adds up. */
export function sumOf(fates: Readonly<Record<string, number>>): number {
  return Object.values(fates).reduce((sum, value) => sum + value, 0);
}
