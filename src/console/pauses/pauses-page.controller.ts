import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Needs } from '../../access/needs.js';
import { actorOf } from '../../api/people-commands.js';
import { PeopleGovernance } from '../../api/people-governance.js';
import { PeoplePauses } from '../../api/people-pauses.js';
import { readBody } from '../../api/read-request.js';
import { reason } from '../../api/reason.js';
import { PausesPages } from './pauses-pages.js';

const pauseForm = z.strictObject({
  what: z.enum(['all', 'runbook', 'plugin', 'target']),
  name: z.string().max(400).default(''),
  reason: z.string().max(1_000).default(''),
  until: z.string().max(40).default(''),
});
const liftForm = z.strictObject({ reason });
const stormForm = z.strictObject({ key: z.string().max(1_000), reason });

/** The kill switch, and storms. */
@ApiExcludeController()
@Controller('pauses')
export class PausesPageController {
  constructor(
    private readonly page: PausesPages,
    private readonly pauses: PeoplePauses,
    private readonly governance: PeopleGovernance,
  ) {}

  /** Shows what is paused. */
  @Get()
  @Needs('read')
  list(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.page.show(request, reply);
  }

  /** Pulls the kill switch. */
  @Post()
  @HttpCode(303)
  @Needs('pause')
  async pause(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const form = readBody(pauseForm, body);
    const order = this.page.orderOf(form);
    if (typeof order === 'string') return this.page.show(request, reply, { ...form, problem: order });
    await this.pauses.pause(actorOf(request), order);
    return back(reply);
  }

  /** Lifts one pause. */
  @Post(':id/lift')
  @HttpCode(303)
  @Needs('unpause')
  async lift(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    await this.pauses.lift(actorOf(request), id, readBody(liftForm, body).reason);
    return back(reply);
  }

  /** Ends a storm before it is calm. */
  @Post('storms/end')
  @HttpCode(303)
  @Needs('end-storm')
  async endStorm(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { key, reason: why } = readBody(stormForm, body);
    await this.governance.endStorm(actorOf(request), key, why);
    return back(reply);
  }
}

function back(reply: FastifyReply): string {
  void reply.redirect('/pauses', 303);
  return '';
}
