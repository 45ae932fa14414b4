import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { person } from '../../access/caller.js';
import { Needs } from '../../access/needs.js';
import { Pages } from '../pages.js';
import { nowModel } from './now-model.js';
import { NowSource } from './now-source.js';

/** What goes on, and what waits for a person. */
@ApiExcludeController()
@Controller()
export class NowController {
  constructor(
    private readonly pages: Pages,
    private readonly source: NowSource,
  ) {}

  /** Shows it; how much waits for a person stands in the title, where a browser shows it on the tab. */
  @Get()
  @Needs('read')
  async now(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const model = nowModel(await this.source.gather(person(request)));
    const title = model.wanted === 0 ? 'Now' : `(${model.wanted}) Now`;
    return this.pages.show(request, reply, { view: 'now', title, at: '/', live: 'all' }, model);
  }
}
