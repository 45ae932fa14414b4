import { Body, Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { person } from '../../access/caller.js';
import { mustMay } from '../../access/may.js';
import { Needs } from '../../access/needs.js';
import { readBody } from '../../api/read-request.js';
import { runbookNamed } from '../../api/runbooks.controller.js';
import { Simulation } from '../../api/simulation.js';
import { Catalog } from '../../catalog/catalog.js';
import type { Clock } from '../../core/clock.js';
import { pastedAlerts } from '../../intake/given-alerts.js';
import { CLOCK } from '../../parts.js';
import { RunbookPages } from './runbook-pages.js';
import { triedModel } from './tried-model.js';

/** So many alerts are tried at once: as many as plans are made at once. */
const MOST_ALERTS = 20;

const form = z.strictObject({ alert: z.string().max(60_000).default('') });

/** Lets people try a runbook with an alert; nothing is kept, and nothing is touched. */
@ApiExcludeController()
@Controller('runbooks/:name/try')
export class TryController {
  constructor(
    private readonly runbookPages: RunbookPages,
    private readonly catalog: Catalog,
    private readonly simulation: Simulation,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Shows the page again, with what would happen. */
  @Post()
  @HttpCode(200)
  @Needs('simulate')
  async try(
    @Param('name') name: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { alert: text } = readBody(form, body);
    mustMay(person(request), 'simulate', { runbook: name });
    const runbook = runbookNamed(this.catalog.current, name);
    const given = pastedAlerts(text, this.clock.now());
    if (!given.ok || given.alerts.length > MOST_ALERTS) {
      const problem = given.ok
        ? `these are ${given.alerts.length} alerts, and ${MOST_ALERTS} can be tried at once`
        : given.detail;
      const typed = { form: 'try', text, problem: `The alert cannot be tried: ${problem}.` } as const;
      return this.runbookPages.show({ request, reply }, name, { typed, status: 400 });
    }
    const simulated = await this.simulation.run(given.alerts);
    const tried = given.alerts.flatMap((alert, i) => {
      const answer = simulated[i];
      return answer === undefined ? [] : [triedModel(runbook, alert, answer)];
    });
    return this.runbookPages.show({ request, reply }, name, { typed: { form: 'try', text, tried } });
  }
}
