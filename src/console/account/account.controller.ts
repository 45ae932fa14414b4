import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../../access/caller.js';
import { unknownCaller } from '../../access/callers.js';
import { NeedsCaller } from '../../access/needs.js';
import { Pages } from '../pages.js';
import { accountModel } from './account-model.js';

/** Who one is here; whoever has no role is sent to this page. */
@ApiExcludeController()
@Controller('account')
export class AccountController {
  constructor(private readonly pages: Pages) {}

  /** Shows it. */
  @Get()
  @NeedsCaller('any')
  show(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string {
    const caller = callerOf(request);
    if (caller === undefined) throw unknownCaller();
    return this.pages.show(request, reply, { view: 'account', title: 'Your account' }, accountModel(caller));
  }
}
