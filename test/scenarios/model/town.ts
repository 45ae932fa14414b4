import type { Catalog } from '../../../src/catalog/catalog.js';
import { labelsFrom, type Instant } from '../../../src/core/alert.js';
import type { Event } from '../../../src/core/event.js';
import type { State } from '../../../src/core/execution.js';
import { fingerprintOf } from '../../../src/core/fingerprint.js';
import type { Commanded } from '../../../src/engine/engine.js';
import type { ExecutionStore } from '../../../src/engine/execution-store.js';
import { Basis } from '../../../src/intake/basis.js';
import { Intake } from '../../../src/intake/intake.js';
import { RunbookOpener } from '../../../src/intake/runbook-opener.js';
import { CatalogSuccessors } from '../../../src/intake/successors.js';
import { Metrics } from '../../../src/telemetry/metrics.js';
import { withMethods } from '../../../src/testing/with-methods.js';
import { World, type Between } from '../../../src/testing/world.js';
import { slowHost } from './slow-host.js';
import { TownRules } from './town-rules.js';
import { ALERTS, PARTS, SERVICES } from './town-runbooks.js';

/** What a town is like, before anything happens in it. */
export interface Weather {
  /** How long calls of plugins take, over and over. */
  readonly delaysMs: readonly number[];
  readonly wakeupsAreLost: boolean;
}

const services = Object.keys(SERVICES);
const metrics = new Metrics();

/** A whole Firebreak with several services, alerts and runbooks, to which anything may happen. */
export class Town {
  readonly world: World;
  readonly rules: TownRules;
  private readonly intake: Intake;
  private readonly firingSince = new Map<string, Instant>();
  private drifts = 0;
  private workers = 2;

  /** @param between stands between each worker and the rest, as in a broken variant */
  constructor(catalog: Catalog, { delaysMs, wakeupsAreLost }: Weather, between: Between = {}) {
    const world = new World({
      ...between,
      host: (host, clock) => slowHost(between.host?.(host, clock) ?? host, clock, delaysMs),
      store: (store) => {
        const watched = this.watched(store);
        return between.store?.(watched) ?? watched;
      },
    });
    this.world = world;
    this.rules = new TownRules(world);
    world.startWorker('worker-2');
    if (wakeupsAreLost) world.loseWakeups();
    const wakeups = { ring: async (id: string, at: Instant) => (wakeupsAreLost ? undefined : world.ring(id, at)) };
    const store = between.store?.(world.store) ?? world.store;
    const basis = new Basis(catalog, store, { conditions: () => ({}) });
    this.intake = new Intake(basis, store, wakeups, world.clock, metrics);
    world.successors = new CatalogSuccessors(new RunbookOpener(basis, store, wakeups, world.clock), store);
    for (const service of services) for (const part of PARTS) world.target.values.set(`${service}-${part}`, 'new');
  }

  /** Tells the rules of everything at the very moment at which it is saved. */
  private watched(store: ExecutionStore): ExecutionStore {
    return withMethods<ExecutionStore>(store, {
      append: async (change) => {
        const saved = await store.append(change);
        if (saved.saved === 'yes') this.rules.saved(change);
        return saved;
      },
    });
  }

  /** The source reports an alert as firing, and in most cases something has indeed changed. */
  async fire(which: number): Promise<void> {
    const { labels, key } = alertOf(which);
    const startsAt = this.firingSince.get(key) ?? this.world.clock.now();
    this.firingSince.set(key, startsAt);
    await this.receive(labels, startsAt);
  }

  /** The source reports an alert as over. */
  async resolve(which: number): Promise<void> {
    const { labels, key } = alertOf(which);
    const startsAt = this.firingSince.get(key) ?? this.world.clock.now();
    this.firingSince.delete(key);
    await this.receive(labels, startsAt, this.world.clock.now());
  }

  /** The source reports an alert as over, and soon after as firing again. */
  async comeBack(which: number): Promise<void> {
    await this.resolve(which);
    await this.world.pass(1_500);
    await this.fire(which);
  }

  private async receive(labels: Record<string, string>, startsAt: Instant, endsAt?: Instant): Promise<void> {
    const fixed = labelsFrom(labels);
    const over = endsAt === undefined ? {} : { endsAt };
    const status = endsAt === undefined ? 'firing' : 'resolved';
    const alert = {
      status,
      labels: fixed,
      annotations: {},
      startsAt,
      ...over,
      generatorURL: '',
      fingerprint: fingerprintOf(fixed),
    } as const;
    // what is begun at this very moment may still have been right
    this.rules.witness.told(alert.fingerprint, status === 'firing');
    await this.intake.receive({ ok: true, source: 'alertmanager', alerts: [alert], truncated: 0 });
  }

  /** Somebody changes a value by hand; never to what it was before. */
  drift(which: number): void {
    const { values } = this.world.target;
    const names = [...values.keys()];
    const name = names[which % names.length] ?? '';
    this.rules.witness.look();
    values.set(name, `drift-${++this.drifts}`);
    this.rules.drifted(name);
  }

  /** A person says something; undefined when no answer came, because whoever took it died or is cut off. */
  async say(id: string, event: Event): Promise<Commanded | undefined> {
    if (!this.world.isSomeoneWell) return undefined;
    let answer: Commanded | undefined;
    this.world.command(id, event).then(
      (given) => (answer = given),
      () => undefined,
    );
    await this.world.pass(0);
    return answer;
  }

  /** Everything in a scope is paused. */
  async pause(id: string, scope: string, forMs: number | undefined): Promise<void> {
    const at = this.world.clock.now();
    const pause = { id, scope, reason: 'stop', by: 'ada', at, ...(forMs === undefined ? {} : { until: at + forMs }) };
    await this.world.store.addPause(pause);
    this.rules.paused(pause);
  }

  /** One of the pauses is lifted, also one that Firebreak has made itself. */
  async lift(which: number): Promise<void> {
    const all = await this.world.store.pauses();
    const one = all[which % Math.max(1, all.length)];
    if (one === undefined) return;
    this.rules.lifted(one.id);
    await this.world.store.liftPause(one.id, { by: 'ada' });
  }

  /** A person trusts a runbook again. */
  async trust(runbook: string): Promise<void> {
    this.rules.trusted(runbook);
    await this.world.store.governance.restoreTrust(runbook, { by: 'ada' });
  }

  /** Lets time pass until an effect is announced, for some seconds at most, and pauses its target at once. */
  async pauseUnderWay(): Promise<void> {
    for (let i = 0; i < 60; i++) {
      await this.world.pass(100);
      await this.rules.check(this.world.isSomeoneWell);
      const ids = this.rules.ids.toReversed();
      const under = ids.flatMap((id) => this.rules.execution(id) ?? []).find(({ state }) => isUnderWay(state));
      if (under !== undefined) return this.pause(`target:${under.target}|`, `target:${under.target}`, undefined);
    }
  }

  /** Gives one of the workers that have not died for good. */
  worker(which: number): string {
    return `worker-${Math.max(1, this.workers - (which % 2))}`;
  }

  /** Starts another worker in place of each that is dead; those that stand still go on standing still. */
  restart(): void {
    for (const name of [this.worker(0), this.worker(1)]) {
      if (this.world.isDead(name)) this.world.startWorker(`worker-${++this.workers}`);
    }
  }

  /** All faults are gone, nothing is paused, and a quarter of an hour passes. */
  async calmDown(): Promise<void> {
    const { world } = this;
    world.target.recover();
    for (let i = 1; i <= this.workers; i++) {
      world.reconnect(`worker-${i}`);
      world.thaw(`worker-${i}`);
    }
    world.startWorker(`worker-${++this.workers}`);
    for (const { id } of await world.store.pauses()) {
      this.rules.lifted(id);
      await world.store.liftPause(id, { by: 'ada' });
    }
    await world.passSlowly(900_000);
  }
}

function isUnderWay(state: State): boolean {
  return state.phase === 'applying' && state.effect.is === 'intended';
}

function alertOf(which: number): { labels: Record<string, string>; key: string } {
  const alertname = ALERTS[which % ALERTS.length] ?? '';
  const service = services[Math.floor(which / ALERTS.length) % services.length] ?? '';
  const cluster = new Map<string, string>(Object.entries(SERVICES)).get(service) ?? '';
  return { labels: { alertname, service, cluster }, key: `${alertname}|${service}` };
}
