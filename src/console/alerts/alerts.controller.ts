import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Needs } from '../../access/needs.js';
import { readQuery } from '../../api/read-request.js';
import { Why } from '../../api/why.js';
import type { WhyAlert } from '../../api/why-alert.js';
import { Catalog } from '../../catalog/catalog.js';
import type { Clock } from '../../core/clock.js';
import type { DecisionRecord, ExecutionStore } from '../../engine/execution-store.js';
import { pastedAlerts } from '../../intake/given-alerts.js';
import { CLOCK, STORE } from '../../parts.js';
import { Pages } from '../pages.js';
import { alertModel } from './alert-model.js';
import { alertsModel, readSearch } from './alerts-model.js';

/** So many decisions are shown for one alert. */
const MOST_DECISIONS = 200;
const AT = '/alerts';

const question = z.strictObject({ labels: z.string().max(8_000).default('') });
const nothing = z.strictObject({});

/** Why something did or did not happen: every decision about every alert. */
@ApiExcludeController()
@Controller('alerts')
export class AlertsController {
  constructor(
    private readonly pages: Pages,
    private readonly why: Why,
    private readonly catalog: Catalog,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Lists and searches. */
  @Get()
  @Needs('read')
  async list(
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const model = await alertsModel(readSearch(query), this.store, this.clock.now());
    const status = model.problem === null ? 200 : 400;
    const page = { view: 'alerts', title: 'Alerts and decisions', at: AT, status };
    return this.pages.show(request, reply, page, { ...model, asked: '' });
  }

  /** Answers about an alert whose labels somebody has, whether it came in or not. */
  @Get('ask')
  @Needs('read')
  async ask(
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { labels: text } = readQuery(question, query);
    const given = pastedAlerts(text, this.clock.now());
    const [alert] = given.ok ? given.alerts : [];
    if (alert !== undefined) {
      const why = await this.why.about(alert.fingerprint, alert.labels);
      if (why.kind === 'alert') return this.showAlert(why, request, reply);
    }
    const model = await alertsModel(readSearch({}), this.store, this.clock.now());
    const problem = given.ok ? null : `Labels: ${given.detail}.`;
    const page = { view: 'alerts', title: 'Alerts and decisions', at: AT, status: 400 };
    return this.pages.show(request, reply, page, { ...model, problem, asked: text });
  }

  /** Shows everything about one alert. */
  @Get(':fingerprint')
  @Needs('read')
  async one(
    @Param('fingerprint') fingerprint: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    readQuery(nothing, query);
    const why = await this.why.about(fingerprint);
    if (why.kind === 'alert') return this.showAlert(why, request, reply);
    void reply.redirect(`/executions/${encodeURIComponent(why.id)}`, 303);
    return '';
  }

  private async showAlert(why: WhyAlert, request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const decisions: readonly DecisionRecord[] = await this.store.decisions({
      fingerprint: why.id,
      limit: MOST_DECISIONS,
    });
    const model = alertModel(why, decisions, new Set(this.catalog.current.runbooks.keys()));
    return this.pages.show(request, reply, { view: 'alert', title: model.name, at: AT, live: 'all' }, model);
  }
}
