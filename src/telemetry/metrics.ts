import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Instant } from '../core/alert.js';
import type { ErrorCode } from '../core/errors.js';
import type { Event, EventType } from '../core/event.js';
import type { Execution, Phase } from '../core/execution.js';
import type { Mode } from '../core/runbook.js';
import { fateOf } from '../core/fate.js';
import type { DecisionRecord, Receipt } from '../engine/execution-store.js';
import type { Trust } from '../engine/governance.js';
import type { CallObserver } from '../plugin-host/bounded-call.js';

/** Seconds from a few milliseconds to an hour: from the acknowledgement of a webhook to a recovery. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

/** A gauge that names things has at most so many series. */
const MOST_SERIES = 100;

/** An answer of a standing probe names at most so many numbers. */
const MOST_NUMBERS = 20;

/** What a standing probe says, for one centre or for none. */
export interface ProbeFigures {
  readonly probe: string;
  readonly center?: string;
  readonly last: {
    readonly status: 'healthy' | 'unhealthy' | 'unknown' | 'error';
    readonly value?: number;
    readonly values?: { readonly [name: string]: number };
  };
  /** When it last said healthy or unhealthy. */
  readonly told?: { readonly at: Instant };
}

const STATUSES = ['healthy', 'unhealthy', 'unknown', 'error'] as const;

/** How a centre stands. */
export interface CenterFigures {
  readonly center: string;
  readonly inService: boolean;
  /** When it took over last, and that went well. */
  readonly provenAt?: Instant;
}

/** What is asked of the other parts whenever somebody scrapes. */
export interface Gauges {
  readonly openByPhase: () => Promise<ReadonlyMap<Phase, number>>;
  readonly oldestDueSeconds: () => Promise<number>;
  readonly canarySeconds: () => Promise<number | undefined>;
  readonly queueJobs: () => Promise<{ readonly [state: string]: number }>;
  readonly pausesByScope: () => Promise<readonly string[]>;
  readonly permitAgeSeconds: () => number;
  readonly storms: () => Promise<number>;
  /** Runbooks that may go less far than they say. */
  readonly capped: () => Promise<readonly { readonly runbook: string; readonly to: Mode }[]>;
  readonly runbooks: () => number;
  /** The centres of the topology. */
  readonly centers: () => Promise<readonly CenterFigures[]>;
  readonly probes: () => readonly ProbeFigures[];
  readonly configAgeSeconds: () => number;
}

/** Every metric that Firebreak has, in one place; the names are in docs/operations.md, and a test compares them. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  private readonly registers = [this.registry];

  private readonly alertsReceived = this.counter('alerts_received_total', 'Alerts taken in and kept', [
    'source',
    'status',
  ]);
  private readonly alertsRejected = this.counter('alerts_rejected_total', 'Bodies that were refused', [
    'source',
    'code',
  ]);
  private readonly refused = this.counter('requests_refused_total', 'Requests that were refused', ['code', 'route']);
  private readonly decisions = this.counter('decisions_total', 'Decisions about alerts', [
    'runbook',
    'decision',
    'because',
  ]);
  private readonly fates = this.counter('alert_fates_total', 'What became of each alert that was received', [
    'fate',
    'because',
  ]);
  private readonly executions = this.counter('executions_total', 'Executions that ended', [
    'runbook',
    'trigger',
    'outcome',
  ]);
  private readonly trust = this.counter('trust_lost_total', 'Times that a runbook lost trust', ['runbook', 'why']);
  private readonly escalations = this.counter('escalations_total', 'Next runbooks for an alert', [
    'runbook',
    'to',
    'result',
  ]);
  private readonly wakeupsFailed = this.counter(
    'wakeups_failed_total',
    'Wake-ups that could not be set; the sweeper finds them',
    [],
  );
  private readonly configLoads = this.counter('config_loads_total', 'Attempts to load runbooks', ['result']);
  /** Time from a readable body to the answer. */
  readonly webhookAck = this.histogram('webhook_ack_seconds', 'From a readable body to the answer', []);
  private readonly executionDuration = this.histogram('execution_duration_seconds', 'From opened to closed', [
    'runbook',
    'outcome',
  ]);
  private readonly recovery = this.histogram('recovery_seconds', 'From the start of the alert to each stage', [
    'runbook',
    'stage',
  ]);
  private readonly approvalWait = this.histogram('approval_wait_seconds', 'From asked to decided', [
    'runbook',
    'decision',
  ]);
  private readonly pluginCalls = this.histogram('plugin_call_seconds', 'Calls into plugins', [
    'plugin',
    'part',
    'verb',
    'result',
  ]);

  private readonly probeSeconds = this.histogram('probe_seconds', 'Answers of standing probes', ['probe']);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Counts alerts that were kept, and what was decided about them: as many received as there are fates (I2). */
  received(receipts: readonly Receipt[], decided: readonly (readonly DecisionRecord[])[]): void {
    for (const [i, { source, alert }] of receipts.entries()) {
      const { fate, because = '' } = fateOf(decided[i] ?? []);
      this.alertsReceived.inc({ source, status: alert.status });
      this.fates.inc({ fate, because });
    }
    for (const { runbook = '', decision, because = '' } of decided.flat())
      this.decisions.inc({ runbook, decision, because });
  }

  /** Counts a body that was refused. */
  rejected(source: string, code: ErrorCode): void {
    this.alertsRejected.inc({ source, code });
  }

  /** Counts a request that was refused, by the address as it is registered. */
  readonly requestRefused = (code: ErrorCode, route: string): void => this.refused.inc({ code, route });

  /** Counts a wake-up that could not be set. */
  wakeupFailed(): void {
    this.wakeupsFailed.inc();
  }

  /** Counts an attempt to load the catalogue. */
  configLoaded(result: 'activated' | 'unchanged' | 'refused'): void {
    this.configLoads.inc({ result });
  }

  /** Measures one call into a plugin. */
  readonly pluginCall: CallObserver = ({ plugin, part, verb }, result, seconds) => {
    this.pluginCalls.observe({ plugin, part, verb, result }, seconds);
  };

  /** Measures how long a standing probe took to answer. */
  probeAnswered(probe: string, seconds: number): void {
    this.probeSeconds.observe({ probe }, seconds);
  }

  /** Measures how long a plan waited for approval, and what ended the wait. */
  decided(runbook: string, decision: EventType, seconds: number): void {
    this.approvalWait.observe({ runbook, decision }, seconds);
  }

  /** Counts that a runbook may go less far from now on. */
  trustLost(runbook: string, why: Trust['why']): void {
    this.trust.inc({ runbook, why });
  }

  /** Counts that the next runbook was opened for an alert, or could not be; other events are passed over. */
  escalated(event: Event, { runbook, escalation }: Execution): void {
    if (event.type !== 'escalated' && event.type !== 'escalation-refused') return;
    const result = event.type === 'escalated' ? 'opened' : 'refused';
    this.escalations.inc({ runbook, to: escalation?.runbook ?? '', result });
  }

  /** Counts an execution that has ended, with the times between its stages. */
  closed({ runbook, trigger, state, timeline, closedAt }: Execution): void {
    if (state.phase !== 'closed') return;
    this.executions.inc({ runbook, trigger, outcome: state.outcome });
    if (closedAt !== undefined) {
      this.executionDuration.observe(
        { runbook, outcome: state.outcome },
        Math.max(0, closedAt - timeline.openedAt) / 1000,
      );
    }
    const { startsAt } = timeline;
    if (startsAt === undefined) return;
    const stages = { received: timeline.receivedAt, decided: timeline.openedAt, first_effect: timeline.firstEffectAt };
    for (const [stage, at] of Object.entries({
      ...stages,
      applied: timeline.appliedAt,
      verified: timeline.verifiedAt,
    })) {
      if (at !== undefined) this.recovery.observe({ runbook, stage }, Math.max(0, at - startsAt) / 1000);
    }
  }

  /** Connects what is asked for at each scrape, and facts that never change. */
  connect(
    gauges: Gauges,
    build: { readonly version: string; readonly plugins: readonly { id: string; version: string }[] },
  ): void {
    this.gauge('executions_open', 'Executions that are not closed', ['phase'], async (gauge) => {
      gauge.reset();
      for (const [phase, count] of await gauges.openByPhase()) gauge.set({ phase }, count);
    });
    this.gauge('oldest_due_seconds', 'How late the latest wake-up is', [], async (gauge) =>
      gauge.set(await gauges.oldestDueSeconds()),
    );
    this.gauge('canary_seconds', 'Age of the last canary that came through queue and worker', [], async (gauge) =>
      gauge.set((await gauges.canarySeconds()) ?? Number.POSITIVE_INFINITY),
    );
    this.gauge('queue_jobs', 'Jobs in the queue', ['state'], async (gauge) => {
      for (const [state, count] of Object.entries(await gauges.queueJobs())) gauge.set({ state }, count);
    });
    this.gauge('pauses_active', 'Pauses in force', ['scope'], async (gauge) => {
      gauge.reset();
      const scopes = await gauges.pausesByScope();
      const named = new Set([...new Set(scopes)].slice(0, MOST_SERIES));
      for (const scope of scopes) gauge.inc({ scope: named.has(scope) ? scope : 'others' });
    });
    this.gauge('storms_active', 'Storms that go on', [], async (gauge) => gauge.set(await gauges.storms()));
    this.gauge('leases_open', 'Changes in force under a lease', [], async (gauge) =>
      gauge.set((await gauges.openByPhase()).get('holding') ?? 0),
    );
    this.gauge('runbook_mode_capped', 'Runbooks that lost trust', ['runbook', 'to'], async (gauge) => {
      gauge.reset();
      for (const { runbook, to } of (await gauges.capped()).slice(0, MOST_SERIES)) gauge.set({ runbook, to }, 1);
    });
    this.gauge('center_in_service', 'Centres, as the assertions count them', ['center'], async (gauge) => {
      gauge.reset();
      for (const { center, inService } of (await gauges.centers()).slice(0, MOST_SERIES))
        gauge.set({ center }, Number(inService));
    });
    this.gauge('center_proven_timestamp_seconds', 'When a centre last took over well', ['center'], async (gauge) => {
      gauge.reset();
      for (const { center, provenAt } of (await gauges.centers()).slice(0, MOST_SERIES))
        if (provenAt !== undefined) gauge.set({ center }, provenAt / 1000);
    });
    this.gauge('permit_age_seconds', 'How long ago the store last said what is paused', [], async (gauge) =>
      gauge.set(gauges.permitAgeSeconds()),
    );
    this.gauge('runbooks_loaded', 'Runbooks in force', [], async (gauge) => gauge.set(gauges.runbooks()));
    this.gauge(
      'config_stale_seconds',
      'How long the newest edition of the runbooks has been refused',
      [],
      async (gauge) => gauge.set(gauges.configAgeSeconds()),
    );
    this.connectProbes(gauges.probes);
    this.gauge('build_info', 'The running version', ['version']).set({ version: build.version }, 1);
    const plugins = this.gauge('plugin_info', 'Plugins that are there', ['plugin', 'version']);
    for (const { id, version } of build.plugins) plugins.set({ plugin: id, version }, 1);
  }

  /** As many series as there are probes and centres, of which there is a bound; what is not known has none. */
  private connectProbes(probes: Gauges['probes']): void {
    this.gauge('probe_status', 'What a standing probe says', ['probe', 'center', 'status'], async (gauge) => {
      gauge.reset();
      for (const { probe, center = '', last } of probes())
        for (const status of STATUSES) gauge.set({ probe, center, status }, last.status === status ? 1 : 0);
    });
    this.gauge('probe_value', 'Numbers of a standing probe', ['probe', 'center', 'value'], async (gauge) => {
      gauge.reset();
      for (const { probe, center = '', last } of probes()) {
        const numbers = Object.entries({ ...(last.value === undefined ? {} : { value: last.value }), ...last.values });
        for (const [value, number] of numbers.slice(0, MOST_NUMBERS)) gauge.set({ probe, center, value }, number);
      }
    });
    const told = 'When a standing probe last said healthy or unhealthy';
    this.gauge('probe_last_answer_timestamp_seconds', told, ['probe', 'center'], async (gauge) => {
      gauge.reset();
      for (const { probe, center = '', told: at } of probes())
        if (at !== undefined) gauge.set({ probe, center }, at.at / 1000);
    });
  }

  private counter<T extends string>(name: string, help: string, labelNames: T[]): Counter<T> {
    return new Counter({ name: `firebreak_${name}`, help, labelNames, registers: this.registers });
  }

  private histogram<T extends string>(name: string, help: string, labelNames: T[]): Histogram<T> {
    return new Histogram({ name: `firebreak_${name}`, help, labelNames, buckets: SECONDS, registers: this.registers });
  }

  private gauge<T extends string>(
    name: string,
    help: string,
    labelNames: T[],
    collect?: (gauge: Gauge<T>) => Promise<void>,
  ): Gauge<T> {
    const gauge: Gauge<T> = new Gauge({
      name: `firebreak_${name}`,
      help,
      labelNames,
      registers: this.registers,
      // a scrape must not fail because Redis is away: that is when people look
      ...(collect ? { collect: () => collect(gauge).catch(() => gauge.reset()) } : {}),
    });
    return gauge;
  }
}
