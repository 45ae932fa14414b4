import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { person } from '../../access/caller.js';
import { Needs } from '../../access/needs.js';
import { actorOf } from '../../api/people-commands.js';
import { PeopleGovernance } from '../../api/people-governance.js';
import { readBody } from '../../api/read-request.js';
import { reason } from '../../api/reason.js';
import type { Clock } from '../../core/clock.js';
import { CLOCK } from '../../parts.js';
import { Pages } from '../pages.js';
import { centersModel } from './centers-model.js';
import { CentersSource } from './centers-source.js';

const servingForm = z.strictObject({ serving: z.enum(['yes', 'no']), reason });

/** The centres of the topology: how they are, and what people say of them. */
@ApiExcludeController()
@Controller('centers')
export class CentersPageController {
  constructor(
    private readonly pages: Pages,
    private readonly source: CentersSource,
    private readonly governance: PeopleGovernance,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Shows them. */
  @Get()
  @Needs('read')
  async show(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const material = await this.source.gather(person(request));
    const page = { view: 'centers', title: 'Centres', at: '/centers', live: 'all' } as const;
    return this.pages.show(request, reply, page, centersModel(material, this.clock.now()));
  }

  /** Notes that a centre is out of service, or back; nothing is switched. */
  @Post(':id/serving')
  @HttpCode(303)
  @Needs('set-serving')
  async say(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { serving, reason: why } = readBody(servingForm, body);
    await this.governance.setServing(actorOf(request), id, serving === 'yes', why);
    void reply.redirect('/centers', 303);
    return '';
  }
}
