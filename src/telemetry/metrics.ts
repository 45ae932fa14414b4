import { collectDefaultMetrics } from 'prom-client';
import { alertSenderAt } from '../core/alert-addresses.js';
import { ERRORS, type ErrorCode } from '../core/errors.js';
import type { Event, EventType } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import { fateOf } from '../core/fate.js';
import type { DecisionRecord, Receipt } from '../engine/execution-store.js';
import type { Trust } from '../engine/governance.js';
import type { AttemptResult } from '../engine/outbox.js';
import type { MessageEvent } from '../plugin-sdk/call.js';
import type { CallObserver } from '../plugin-host/bounded-call.js';
import type { End } from '../plugin-host/child/life.js';
import { countersOf } from './counters.js';
import { currentExemplar, exemplarOf } from './exemplar.js';
import { toTextFormat, type Format } from './exposition.js';
import type { Build, Gauges } from './gauge-sources.js';
import { connectGauges } from './gauges.js';
import { histogramsOf } from './histograms.js';
import { Instruments, type Exemplar } from './instruments.js';
import { MOST_NAMED, nameSets } from './name-sets.js';

/** Of Node's own, these are gauges with the name of a counter, which `promtool check metrics` refuses. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/**
 * Every metric that Firebreak has: counters.ts, histograms.ts, and in gauges.ts what is asked for at each scrape. The names are
 * in docs/operations.md, and a test compares them.
 */
export class Metrics {
  private readonly make = new Instruments();
  private readonly counters: ReturnType<typeof countersOf>;
  private readonly histograms: ReturnType<typeof histogramsOf>;
  readonly registry = this.make.registry;

  /** @param most so many things does one metric name: runbooks, tokens, executions that wait */
  constructor(private readonly most: number = MOST_NAMED) {
    const names = nameSets(most);
    this.counters = countersOf(this.make, names);
    this.histograms = histogramsOf(this.make, names);
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
  }

  /** Time from a readable body to the answer. */
  readonly webhookAck = {
    startTimer: (): (() => void) => {
      const started = performance.now();
      return () => this.histograms.webhookAck({}, since(started), currentExemplar());
    },
  };

  /** So many series of Firebreak's own there can be, whatever comes from outside. */
  get mostSeries(): number {
    return this.make.mostSeries;
  }

  /** Writes all metrics down. */
  async written(format: Format): Promise<string> {
    const text = await this.registry.metrics();
    return format === 'openmetrics' ? text : toTextFormat(text);
  }

  /** Counts alerts that were kept, and what was decided about them: as many received as there are fates (I2). */
  received(receipts: readonly Receipt[], decided: readonly (readonly DecisionRecord[])[]): void {
    for (const [i, { source, alert }] of receipts.entries()) {
      const { fate, because = '' } = fateOf(decided[i] ?? []);
      this.counters.alertsReceived({ source, status: alert.status });
      this.counters.fates({ fate, because });
    }
    for (const { runbook = '', decision, because = '' } of decided.flat())
      this.counters.decisions({ runbook, decision, because });
  }

  /**
   * Counts a request that was refused, by the address as it is registered. A body with alerts counts as such, too, whoever
   * refused it, unless its sender tries again by itself, as after a 5xx.
   */
  readonly requestRefused = (code: ErrorCode, route: string): void => {
    this.counters.refused({ code, route });
    const source = alertSenderAt(route);
    if (source !== undefined && ERRORS[code].status < 500) this.counters.alertsRejected({ source, code });
  };

  /** Measures a request that was answered, by the address as it is registered. */
  readonly requestAnswered = (
    { method, route, code }: { readonly method: string; readonly route: string; readonly code: number },
    seconds: number,
    exemplar?: Exemplar,
  ): void => this.histograms.requests({ method, route, code: String(code) }, seconds, exemplar);

  /** Counts a request with a token that counts, by the place of its secret: 2 is the second of the token's list. */
  readonly tokenUsed = (token: string, secret: number): void =>
    this.counters.tokenUses({ token, secret: String(secret) });

  /** Counts an attempt to send a message. */
  messageSent(notifier: string, event: MessageEvent, result: AttemptResult['result']): void {
    this.counters.messages({ notifier, event, result });
  }

  /** Counts a wake-up that could not be set. */
  wakeupFailed(): void {
    this.counters.wakeupsFailed({});
  }

  /** Counts an attempt to load the catalogue. */
  configLoaded(result: 'activated' | 'unchanged' | 'refused'): void {
    this.counters.configLoads({ result });
  }

  /** Measures how long it took to decide that the edition in force stays. */
  configFellBack(seconds: number): void {
    this.histograms.configFallback({}, seconds);
  }

  /** Measures one call into a plugin. */
  readonly pluginCall: CallObserver = ({ plugin, part, verb }, result, seconds) =>
    this.histograms.pluginCalls({ plugin, part, verb, result }, seconds, currentExemplar());

  /** Counts that the process of a plugin has ended by itself, or had to be ended; it is started again. */
  pluginRestarted(plugin: string, why: End['why']): void {
    this.counters.pluginRestarts({ plugin, why });
  }

  /** Measures how long a standing probe took to answer. */
  probeAnswered(probe: string, seconds: number): void {
    this.histograms.probes({ probe }, seconds);
  }

  /** Measures how long a plan waited for approval, and what ended the wait. */
  decided(execution: Execution, decision: EventType, seconds: number): void {
    this.histograms.approvalWait({ runbook: execution.runbook, decision }, seconds, exemplarOf(execution));
  }

  /** Counts that a runbook may go less far from now on. */
  trustLost(runbook: string, why: Trust['why']): void {
    this.counters.trust({ runbook, why });
  }

  /** Counts that the next runbook was opened for an alert, or could not be; other events are passed over. */
  escalated(event: Event, { runbook, escalation }: Execution): void {
    if (event.type !== 'escalated' && event.type !== 'escalation-refused') return;
    const result = event.type === 'escalated' ? 'opened' : 'refused';
    this.counters.escalations({ runbook, to: escalation?.runbook ?? '', result });
  }

  /** Counts an execution that has ended, with the times between its stages. */
  closed(execution: Execution): void {
    const { runbook, trigger, state, timeline, closedAt } = execution;
    if (state.phase !== 'closed') return;
    const { outcome } = state;
    const exemplar = exemplarOf(execution);
    this.counters.executions({ runbook, trigger, outcome });
    if (closedAt !== undefined)
      this.histograms.executionDuration({ runbook, outcome }, between(timeline.openedAt, closedAt), exemplar);
    const { startsAt } = timeline;
    if (startsAt === undefined) return;
    for (const [stage, at] of Object.entries({
      received: timeline.receivedAt,
      decided: timeline.openedAt,
      first_effect: timeline.firstEffectAt,
      applied: timeline.appliedAt,
      verified: timeline.verifiedAt,
    })) {
      if (at !== undefined) this.histograms.recovery({ runbook, stage }, between(startsAt, at), exemplar);
    }
  }

  /** Connects what is asked for at each scrape, and facts that never change. */
  connect(gauges: Gauges, build: Build): void {
    connectGauges(gauges, build, { make: this.make, most: this.most });
  }
}

function since(started: number): number {
  return (performance.now() - started) / 1000;
}

function between(from: number, to: number): number {
  return Math.max(0, to - from) / 1000;
}
