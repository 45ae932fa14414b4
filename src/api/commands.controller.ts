import { applyDecorators, Body, Controller, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Credentials } from '../access/credentials.js';
import { Needs } from '../access/needs.js';
import { person } from '../access/person.js';
import { FirebreakError } from '../core/errors.js';
import { Engine } from '../engine/engine.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { STORE } from '../parts.js';
import { carryOut, type Command } from './commands.js';
import { executionDetail, mustFind } from './execution-detail.js';
import { lapsedGrants } from './lapsed-grants.js';
import { readBody, readQuery, schemaOf } from './read-request.js';

const why = z.strictObject({ reason: z.string().max(1_000).exactOptional() });
const agreement = why.extend({ digest: z.string().max(100).exactOptional() });

const NO_REASON = 'no reason given';

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
    private readonly engine: Engine,
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly credentials: Credentials,
  ) {}

  /** Agrees to the plan with the digest that was shown. */
  @Post('approve')
  @HttpCode(200)
  @Needs('approver')
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
    const because = reason === undefined ? {} : { reason };
    const { name: by, approvalRoles: roles } = person(request);
    const lapsed = lapsedGrants(await mustFind(this.store, id), (name) => this.credentials.named(name));
    const forgone = lapsed.length === 0 ? {} : { lapsed };
    return this.answer(id, { type: 'approved', by, digest, roles, ...because, ...forgone });
  }

  /** Says no to the plan. */
  @Post('reject')
  @HttpCode(200)
  @Needs('approver')
  @Documented('Say no to the plan; nothing is changed', why)
  reject(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.answer(id, { type: 'rejected', ...said(body, query, request) });
  }

  /** Stops it; what was changed is taken back. */
  @Post('cancel')
  @HttpCode(200)
  @Needs('operator')
  @Documented('Stop it and take back what it has changed', why)
  cancel(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.answer(id, { type: 'cancelled', ...said(body, query, request) });
  }

  /** Takes the changes back. */
  @Post('revert')
  @HttpCode(200)
  @Needs('approver')
  @Documented('Take back what it has changed, also after it ended well', why)
  revert(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.answer(id, { type: 'revert-asked', ...said(body, query, request) });
  }

  /** Lets a held execution try again. */
  @Post('retry')
  @HttpCode(200)
  @Needs('approver')
  @Documented('Let a held execution try again where it stopped', why)
  retry(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.answer(id, { type: 'retry-asked', ...said(body, query, request) });
  }

  /** Takes a held execution as it is. */
  @Post('accept')
  @HttpCode(200)
  @Needs('approver')
  @Documented('Take a held execution as it is', why)
  accept(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.answer(id, { type: 'accepted', ...said(body, query, request) });
  }

  private async answer(id: string, command: Command): Promise<object> {
    return executionDetail(this.store, await carryOut(this.engine, this.store, id, command));
  }
}

function said(body: unknown, query: unknown, request: FastifyRequest): { by: string; reason: string } {
  const { reason = NO_REASON } = { ...readQuery(why, query), ...readBody(why, body) };
  return { by: person(request).name, reason };
}
