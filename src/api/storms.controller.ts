import { Body, Controller, Delete, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Needs } from '../access/needs.js';
import { person } from '../access/caller.js';
import { FirebreakError } from '../core/errors.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { LOGGER, STORE } from '../parts.js';
import type { Log } from '../telemetry/logger.js';
import { readReason, reasonBody } from './reason.js';
import { schemaOf } from './read-request.js';
import { stormView } from './storm-view.js';

/** Shows where too many targets are in trouble at once. */
@ApiTags('storms')
@Controller('api/v1/storms')
export class StormsController {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /** Lists the storms that go on. */
  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'The storms that go on: what was hit, and what is proposed for the whole group' })
  async list(): Promise<object> {
    return { items: (await this.store.governance.storms()).map(stormView) };
  }

  /** Ends a storm before it is calm. */
  @Delete(':key')
  @Needs('end-storm')
  @ApiOperation({ summary: 'End a storm early: targets are repaired one by one again' })
  @ApiBody({ required: false, schema: schemaOf(reasonBody) })
  @ApiQuery({ name: 'reason', required: false, type: String })
  async end(
    @Param('key') key: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const reason = readReason(body, query);
    const { name: by } = person(request);
    if (!(await this.store.governance.endStorm(key, by, reason)))
      throw new FirebreakError('not-found', `there is no storm ${key.slice(0, 200)}`);
    this.log.warn({ storm: key, by, reason }, 'a person has ended a storm');
    return { key, ended: true, by, reason };
  }
}
