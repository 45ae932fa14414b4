import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { ErrorCode } from '../core/errors.js';
import type { Event, EventType } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import { fateOf } from '../core/fate.js';
import type { DecisionRecord, Receipt } from '../engine/execution-store.js';
import type { Trust } from '../engine/governance.js';
import type { AttemptResult } from '../engine/outbox.js';
import type { MessageEvent } from '../plugin-sdk/call.js';
import type { CallObserver } from '../plugin-host/bounded-call.js';
import type { End } from '../plugin-host/child/life.js';
import { connectGauges, gaugesIn, type Gauges } from './gauges.js';

/** Seconds from a few milliseconds to an hour: from the acknowledgement of a webhook to a recovery. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

/**
 * Every metric that Firebreak has; what is asked for at each scrape is in gauges.ts. The names are in docs/operations.md, and
 * a test compares them.
 */
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
  private readonly tokenUses = this.counter('token_uses_total', 'Requests with a token that counts', [
    'token',
    'secret',
  ]);
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
  private readonly messages = this.counter('messages_total', 'Attempts to tell people', [
    'notifier',
    'event',
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

  private readonly pluginRestarts = this.counter('plugin_restarts_total', 'Ends of plugin processes', [
    'plugin',
    'why',
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

  /** Counts a request with a token that counts, by the place of its secret: 2 is the second of the token's list. */
  readonly tokenUsed = (token: string, secret: number): void => this.tokenUses.inc({ token, secret });

  /** Counts an attempt to send a message. */
  messageSent(notifier: string, event: MessageEvent, result: AttemptResult['result']): void {
    this.messages.inc({ notifier, event, result });
  }

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

  /** Counts that the process of a plugin has ended by itself, or had to be ended; it is started again. */
  pluginRestarted(plugin: string, why: End['why']): void {
    this.pluginRestarts.inc({ plugin, why });
  }

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
    const gauge = gaugesIn(this.registry);
    connectGauges(gauges, gauge);
    gauge('build_info', 'The running version', ['version']).set({ version: build.version }, 1);
    const plugins = gauge('plugin_info', 'Plugins that are there', ['plugin', 'version']);
    for (const { id, version } of build.plugins) plugins.set({ plugin: id, version }, 1);
  }

  private counter<T extends string>(name: string, help: string, labelNames: T[]): Counter<T> {
    return new Counter({ name: `firebreak_${name}`, help, labelNames, registers: this.registers });
  }

  private histogram<T extends string>(name: string, help: string, labelNames: T[]): Histogram<T> {
    return new Histogram({ name: `firebreak_${name}`, help, labelNames, buckets: SECONDS, registers: this.registers });
  }
}
