import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Needs } from '../../access/needs.js';
import { actorOf, PeopleCommands, type Actor, type Wanted } from '../../api/people-commands.js';
import { readBody } from '../../api/read-request.js';
import { Taking } from '../../api/taking.js';
import { FirebreakError, type ErrorCode } from '../../core/errors.js';
import { ExecutionPages, type Asked } from './execution-pages.js';

const LONGEST_REASON = 1_000;

const needed = z.strictObject({
  reason: z.string().trim().min(1, 'say why: it stands in the audit').max(LONGEST_REASON),
});
const optional = z.strictObject({ reason: z.string().trim().max(LONGEST_REASON).optional() });
const agreement = optional.extend({ digest: z.string().max(100) });

/** What is answered with the page as it is now; everything else is no matter of this execution. */
const SHOWN: readonly ErrorCode[] = [
  'forbidden',
  'own-request',
  'not-in-phase',
  'plan-changed',
  'under-way',
  'irreversible',
  'suppressed',
  'expired',
];

/** Takes what people say to an execution on its pages. Each answer is the page again, so that nothing is sent twice. */
@ApiExcludeController()
@Controller('executions/:id')
export class ConsoleCommandsController {
  constructor(
    private readonly commands: PeopleCommands,
    private readonly taking: Taking,
    private readonly pages: ExecutionPages,
  ) {}

  /** Agrees to the plan with the digest that was shown. */
  @Post('approve')
  @Needs('approve')
  approve(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { digest, reason } = readBody(agreement, body);
    const asked = { request, reply, id };
    return this.answer(asked, (actor) => this.commands.approve(actor, id, digest, said(reason)), 'approve');
  }

  /** Says no to the plan. */
  @Post('reject')
  @Needs('reject')
  reject(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.say({ request, reply, id }, 'reject', body);
  }

  /** Stops it; what was changed is taken back. */
  @Post('cancel')
  @Needs('cancel')
  cancel(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.say({ request, reply, id }, 'cancel', body);
  }

  /** Takes the changes back. */
  @Post('revert')
  @Needs('revert')
  revert(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.say({ request, reply, id }, 'revert', body);
  }

  /** Lets a held execution try again. */
  @Post('retry')
  @Needs('retry')
  retry(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.say({ request, reply, id }, 'retry', body);
  }

  /** Accepts a held execution as it is. */
  @Post('accept')
  @Needs('accept')
  accept(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.say({ request, reply, id }, 'accept', body);
  }

  /** Notes who looks after it. */
  @Post('take')
  @Needs('cancel')
  take(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { reason } = readBody(optional, body);
    const asked = { request, reply, id };
    return this.answer(asked, (actor) => this.taking.take(actor, id, said(reason)), 'execution');
  }

  private say(asked: Asked, wanted: Wanted, body: unknown): Promise<string> {
    const { reason } = readBody(needed, body);
    const page = wanted === 'reject' ? 'approve' : 'execution';
    return this.answer(asked, (actor) => this.commands.say(actor, asked.id, wanted, reason), page);
  }

  private async answer(
    asked: Asked,
    act: (actor: Actor) => Promise<unknown>,
    page: 'approve' | 'execution',
  ): Promise<string> {
    const { request, reply, id } = asked;
    try {
      await act(actorOf(request));
    } catch (error) {
      if (!(error instanceof FirebreakError) || !SHOWN.includes(error.code)) throw error;
      return this.pages[page](asked, error);
    }
    void reply.status(303).header('location', `/executions/${encodeURIComponent(id)}`);
    return '';
  }
}

/** A field that was left empty says nothing. */
function said(reason: string | undefined): string | undefined {
  return reason === '' ? undefined : reason;
}
