import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../access/needs.js';
import type { Config } from '../config.js';
import { alertName } from '../core/alert.js';
import { ALERT_ADDRESSES } from '../core/alert-addresses.js';
import type { Clock } from '../core/clock.js';
import { FirebreakError } from '../core/errors.js';
import type { DecisionRecord } from '../engine/execution-store.js';
import { CLOCK, CONFIG, LOGGER } from '../parts.js';
import type { Log } from '../telemetry/logger.js';
import { Metrics } from '../telemetry/metrics.js';
import { Intake, type Received } from './intake.js';
import { readAlerts, readPrometheusAlerts, type ReadPayload } from './read-payload.js';

/** Where alerts come in. */
@ApiTags('alerts')
@Controller()
export class AlertController {
  constructor(
    private readonly intake: Intake,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /** Takes a webhook of Alertmanager (version "4") or of Grafana's contact point (version "1"). */
  @Post(ALERT_ADDRESSES.webhook)
  @HttpCode(202)
  @Needs('send-alerts')
  @ApiOperation({ summary: 'Take alerts from Alertmanager or Grafana; 202 once they are kept' })
  async trigger(@Body() body: unknown): Promise<object> {
    const payload = accepted(readAlerts(body));
    const stop = this.metrics.webhookAck.startTimer();
    const received = await this.intake.receive(payload);
    stop();
    this.tell(received);
    return { ...this.answer(received), ...(payload.truncated > 0 ? { truncatedAlerts: payload.truncated } : {}) };
  }

  /** Takes what Prometheus sends to an Alertmanager: a faster path beside it. */
  @Post(ALERT_ADDRESSES.prometheus)
  @HttpCode(200)
  @Needs('send-alerts')
  @ApiOperation({ summary: 'Take alerts from Prometheus directly, as an Alertmanager would' })
  async alerts(@Body() body: unknown): Promise<void> {
    const payload = accepted(readPrometheusAlerts(body, this.clock.now()));
    const stop = this.metrics.webhookAck.startTimer();
    this.tell(await this.intake.receive(payload));
    stop();
  }

  private tell({ receiptId, alerts }: Received): void {
    for (const { alert, decisions } of alerts) {
      for (const { decision, runbook, executionId } of decisions) {
        if (decision !== 'opened') continue;
        this.log.info(
          { executionId, runbook, alertname: alertName(alert), fingerprint: alert.fingerprint, receiptId },
          'opened',
        );
      }
    }
  }

  private answer({ receiptId, alerts }: Received): object {
    return {
      receiptId,
      alerts: alerts.map(({ alert, decisions }) => ({
        fingerprint: alert.fingerprint,
        status: alert.status,
        decisions: decisions.map((decision) => this.decisionView(decision)),
      })),
    };
  }

  private decisionView({ runbook, decision, because, detail, executionId }: DecisionRecord): object {
    if (executionId === undefined) return { runbook, decision, because, detail };
    const executionUrl = `${this.config.publicUrl}/api/v1/executions/${executionId}`;
    return { runbook, decision, because, detail, executionId, executionUrl, streamUrl: `${executionUrl}/stream` };
  }
}

function accepted(payload: ReadPayload): Extract<ReadPayload, { ok: true }> {
  if (payload.ok) return payload;
  throw new FirebreakError(payload.code, payload.detail);
}
