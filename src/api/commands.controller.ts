import { applyDecorators, Body, Controller, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Needs } from '../access/needs.js';
import { FirebreakError } from '../core/errors.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { STORE } from '../parts.js';
import { executionDetail } from './execution-detail.js';
import { actorOf, PeopleCommands, type Wanted } from './people-commands.js';
import { Taking } from './taking.js';
import { readBody, readQuery, schemaOf } from './read-request.js';

const why = z.strictObject({ reason: z.string().max(1_000).exactOptional() });
const agreement = why.extend({ digest: z.string().max(100).exactOptional() });

/** What every command says about itself in the documentation. */
function Documented(summary: string, schema: z.ZodType): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: `${summary}; saying it again is harmless` }),
    ApiBody({ required: false, schema: schemaOf(schema) }),
    ApiQuery({ name: 'reason', required: false, type: String }),
  );
}

/** Takes what people want of an execution. */
@ApiTags('executions')
@Controller('api/v1/executions/:id')
export class CommandsController {
  constructor(
    private readonly commands: PeopleCommands,
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly taking: Taking,
  ) {}

  /** Agrees to the plan with the digest that was shown. */
  @Post('approve')
  @HttpCode(200)
  @Needs('approve')
  @Documented('Agree to the plan whose digest you have read', agreement)
  @ApiQuery({ name: 'digest', required: false, type: String })
  async approve(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const { reason, digest } = { ...readQuery(agreement, query), ...readBody(agreement, body) };
    if (digest === undefined)
      throw new FirebreakError('malformed-body', 'digest: missing; approve the digest of the plan that you have read');
    return executionDetail(this.store, await this.commands.approve(actorOf(request), id, digest, reason));
  }

  /** Says no to the plan. */
  @Post('reject')
  @HttpCode(200)
  @Needs('reject')
  @Documented('Say no to the plan; nothing is changed', why)
  reject(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.say(id, 'reject', body, query, request);
  }

  /** Stops it; what was changed is taken back. */
  @Post('cancel')
  @HttpCode(200)
  @Needs('cancel')
  @Documented('Stop it and take back what it has changed', why)
  cancel(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.say(id, 'cancel', body, query, request);
  }

  /** Takes the changes back. */
  @Post('revert')
  @HttpCode(200)
  @Needs('revert')
  @Documented('Take back what it has changed, also after it ended well', why)
  revert(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.say(id, 'revert', body, query, request);
  }

  /** Lets a held execution try again. */
  @Post('retry')
  @HttpCode(200)
  @Needs('retry')
  @Documented('Let a held execution try again where it stopped', why)
  retry(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.say(id, 'retry', body, query, request);
  }

  /** Accepts a held execution as it is. */
  @Post('accept')
  @HttpCode(200)
  @Needs('accept')
  @Documented('Accept a held execution as it is', why)
  accept(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.say(id, 'accept', body, query, request);
  }

  /** Notes who looks after it. */
  @Post('take')
  @HttpCode(200)
  @Needs('cancel')
  @Documented('Look after it: for a while nobody is told of it again', why)
  async take(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const { reason } = { ...readQuery(why, query), ...readBody(why, body) };
    return executionDetail(this.store, await this.taking.take(actorOf(request), id, reason));
  }

  private async say(
    id: string,
    wanted: Wanted,
    body: unknown,
    query: unknown,
    request: FastifyRequest,
  ): Promise<object> {
    const { reason } = { ...readQuery(why, query), ...readBody(why, body) };
    return executionDetail(this.store, await this.commands.say(actorOf(request), id, wanted, reason));
  }
}
