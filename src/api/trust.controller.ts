import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Needs } from '../access/needs.js';
import { Catalog } from '../catalog/catalog.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { STORE } from '../parts.js';
import { actorOf } from './people-commands.js';
import { PeopleGovernance } from './people-governance.js';
import { readReason, reasonBody } from './reason.js';
import { schemaOf } from './read-request.js';
import { runbookNamed } from './runbooks.controller.js';
import { effectiveMode, scorecardView } from './scorecard-view.js';

/** Shows what a runbook has achieved, and lets a person trust it again. */
@ApiTags('runbooks')
@Controller('api/v1/runbooks/:name')
export class TrustController {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly catalog: Catalog,
    private readonly governance: PeopleGovernance,
  ) {}

  /** Shows the figures of one runbook. */
  @Get('scorecard')
  @Needs('read')
  @ApiOperation({ summary: 'The figures of one runbook from its first day, and how far it is trusted' })
  async scorecard(@Param('name') name: string): Promise<object> {
    return this.view(name);
  }

  /** Gives a runbook back the trust that it has lost. */
  @Post('trust')
  @HttpCode(200)
  @Needs('trust')
  @ApiOperation({ summary: 'Trust a runbook again that was put back to "approve" or "observe"' })
  @ApiBody({ required: false, schema: schemaOf(reasonBody) })
  @ApiQuery({ name: 'reason', required: false, type: String })
  async trust(
    @Param('name') name: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    await this.governance.trust(actorOf(request), name, readReason(body, query));
    return this.view(name);
  }

  private async view(name: string): Promise<object> {
    const runbook = runbookNamed(this.catalog.current, name);
    const scorecard = await this.store.governance.scorecard(name);
    const { mode } = runbook;
    return { name, mode, effectiveMode: effectiveMode(runbook, scorecard), ...scorecardView(scorecard) };
  }
}
