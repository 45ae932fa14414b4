import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../../access/needs.js';
import { ExecutionPages } from './execution-pages.js';

/** Shows one execution, and its plan to whoever is asked to agree to it. Reading never does anything. */
@ApiExcludeController()
@Controller('executions/:id')
export class ExecutionController {
  constructor(private readonly pages: ExecutionPages) {}

  /** Shows how it stands, and all that has happened. */
  @Get()
  @Needs('read')
  execution(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.pages.execution({ request, reply, id });
  }

  /** Shows the plan and asks; the address carries no authority, and only the form that is sent from it does anything. */
  @Get('approve')
  @Needs('read')
  approve(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.pages.approve({ request, reply, id });
  }
}
