import { Body, Controller, Delete, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Needs } from '../access/needs.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { STORE } from '../parts.js';
import { actorOf } from './people-commands.js';
import { PeopleGovernance } from './people-governance.js';
import { readReason, reasonBody } from './reason.js';
import { schemaOf } from './read-request.js';
import { stormView } from './storm-view.js';

/** Shows where too many targets are in trouble at once. */
@ApiTags('storms')
@Controller('api/v1/storms')
export class StormsController {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly governance: PeopleGovernance,
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
    const actor = actorOf(request);
    await this.governance.endStorm(actor, key, reason);
    return { key, ended: true, by: actor.person.name, reason };
  }
}
