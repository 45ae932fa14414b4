import { Body, Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Needs } from '../../access/needs.js';
import { OncePerKey } from '../../api/once-per-key.js';
import { actorOf } from '../../api/people-commands.js';
import { PeopleGovernance } from '../../api/people-governance.js';
import { readBody } from '../../api/read-request.js';
import { reason } from '../../api/reason.js';
import { StartByHand } from '../../api/start-by-hand.js';
import { checkKey, startJson, type StartRequest } from '../../api/start-request.js';
import type { Clock } from '../../core/clock.js';
import { ERRORS, FirebreakError } from '../../core/errors.js';
import { pastedAlerts } from '../../intake/given-alerts.js';
import { CLOCK } from '../../parts.js';
import { RunbookPages, type Exchange, type Typed } from './runbook-pages.js';

const startForm = z.strictObject({
  labels: z.string().max(60_000).default(''),
  reason: z.string().max(1_000).default(''),
  dryRun: z.literal('yes').exactOptional(),
  key: z.string(),
});
const trustForm = z.strictObject({ reason: z.string().max(1_000).default('') });
const answer = z.object({ id: z.string() });

/** What people want of runbooks: start one by hand, trust one again. */
@ApiExcludeController()
@Controller('runbooks/:name')
export class RunbookCommandsController {
  constructor(
    private readonly runbookPages: RunbookPages,
    private readonly starting: StartByHand,
    private readonly once: OncePerKey,
    private readonly governance: PeopleGovernance,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Starts the runbook, once however often the form is sent, and leads to the execution. */
  @Post('start')
  @HttpCode(303)
  @Needs('start')
  async start(
    @Param('name') name: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { labels: text, reason: why, dryRun, key } = readBody(startForm, body);
    const typed: Typed = { form: 'start', text, reason: why, dryRun: dryRun === 'yes' };
    return this.orExplain({ request, reply }, name, typed, async () => {
      const start = this.startRequest(name, typed);
      const actor = actorOf(request);
      const json = await this.once.run(
        `${actor.person.name} console ${checkKey(key)}`,
        startJson(start),
        (executionId) => this.starting.start(start, { executionId, actor, trigger: 'manual' }),
      );
      return `/executions/${encodeURIComponent(answer.parse(JSON.parse(json)).id)}`;
    });
  }

  /** Gives the runbook back the trust that it has lost. */
  @Post('trust')
  @HttpCode(303)
  @Needs('trust')
  async trust(
    @Param('name') name: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { reason: why } = readBody(trustForm, body);
    return this.orExplain({ request, reply }, name, { form: 'trust', text: '' }, async () => {
      await this.governance.trust(actorOf(request), name, given(why));
      return `/runbooks/${encodeURIComponent(name)}`;
    });
  }

  private startRequest(runbook: string, { text, reason: why = '', dryRun = false }: Typed): StartRequest {
    const pasted = text.trim() === '' ? undefined : pastedAlerts(text, this.clock.now());
    if (pasted?.ok === false) throw new FirebreakError('malformed-body', `labels: ${pasted.detail}`);
    return { runbook, labels: pasted?.alerts[0]?.labels ?? {}, reason: given(why), dryRun, cutOverAsks: true };
  }

  /** Leads on, or shows the page again with what was typed and who said no. */
  private async orExplain(exchange: Exchange, name: string, typed: Typed, act: () => Promise<string>): Promise<string> {
    try {
      void exchange.reply.redirect(await act(), 303);
      return '';
    } catch (error) {
      if (!(error instanceof FirebreakError) || error.code === 'not-found') throw error;
      const { status, title } = ERRORS[error.code];
      const problem = `${title}: ${error.message.replace(/\.$/, '')}.`;
      return this.runbookPages.show(exchange, name, { typed: { ...typed, problem }, status });
    }
  }
}

function given(text: string): string {
  const read = reason.safeParse(text);
  if (!read.success) throw new FirebreakError('malformed-body', 'reason: missing; say why, for the record');
  return read.data;
}
