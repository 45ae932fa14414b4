import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../../access/needs.js';
import type { ExecutionStore } from '../../engine/execution-store.js';
import { STORE } from '../../parts.js';
import { Pages } from '../pages.js';
import { nowModel } from './now-model.js';

/** What goes on, and what waits for a person. */
@ApiExcludeController()
@Controller()
export class NowController {
  constructor(
    private readonly pages: Pages,
    @Inject(STORE) private readonly store: ExecutionStore,
  ) {}

  /** Shows it. */
  @Get()
  @Needs('read')
  async now(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const model = await nowModel(this.store);
    return this.pages.show(request, reply, { view: 'now', title: 'Now', at: '/', live: 'all' }, model);
  }
}
