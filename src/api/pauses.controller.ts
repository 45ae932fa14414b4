import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Needs } from '../access/needs.js';
import { Catalog } from '../catalog/catalog.js';
import type { Instant } from '../core/alert.js';
import type { Clock } from '../core/clock.js';
import { FirebreakError } from '../core/errors.js';
import { isPauseScope, type Pause } from '../core/pause.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { CLOCK, STORE } from '../parts.js';
import { isoAll, readMoment } from './instants.js';
import { actorOf } from './people-commands.js';
import { PeoplePauses } from './people-pauses.js';
import { readBody, readQuery, schemaOf } from './read-request.js';

const pauseBody = z.strictObject({
  scope: z.string().max(500).refine(isPauseScope, 'must be all, runbook:<name>, plugin:<name> or target:<glob>'),
  reason: z.string().trim().min(1).max(1_000),
  until: z.string().max(100).exactOptional(),
});

const why = z.strictObject({ reason: z.string().max(1_000).exactOptional() });

/** The kill switch. */
@ApiTags('pauses')
@Controller('api/v1/pauses')
export class PausesController {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly catalog: Catalog,
    private readonly pauses: PeoplePauses,
  ) {}

  /** Lists the pauses in force. */
  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'The pauses in force' })
  async list(): Promise<object> {
    const now = this.clock.now();
    const pauses = await this.store.pauses();
    return { items: pauses.filter(({ until }) => until === undefined || now < until).map(pauseView) };
  }

  /** Pulls the kill switch. */
  @Post()
  @HttpCode(201)
  @Needs('pause')
  @ApiOperation({ summary: 'Begin nothing more in this scope; what is in force can still be taken back' })
  @ApiBody({ schema: schemaOf(pauseBody) })
  async add(@Body() body: unknown, @Req() request: FastifyRequest): Promise<object> {
    const { scope, reason, until } = readBody(pauseBody, body);
    const end = until === undefined ? {} : { until: endOf(until, this.clock.now()) };
    const pause = await this.pauses.pause(actorOf(request), { scope, reason, ...end });
    return { ...pauseView(pause), ...this.warning(scope) };
  }

  /** Lifts one pause. */
  @Delete(':id')
  @Needs('unpause')
  @ApiOperation({ summary: 'Lift a pause' })
  @ApiBody({ required: false, schema: schemaOf(why) })
  @ApiQuery({ name: 'reason', required: false, type: String })
  async lift(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const { reason } = { ...readQuery(why, query), ...readBody(why, body) };
    await this.pauses.lift(actorOf(request), id, reason);
    return { id, lifted: true };
  }

  /** In an emergency nobody is refused; but whoever mistyped a name must hear that nothing is paused. */
  private warning(scope: string): { warning?: string } {
    const { runbooks, resting } = this.catalog.current;
    const [kind, name = ''] = scope.split(':');
    if (kind !== 'runbook' || runbooks.has(name) || resting.has(name)) return {};
    return { warning: `there is no runbook ${name}; known are: ${[...runbooks.keys()].join(', ') || 'none'}` };
  }
}

function pauseView({ at, until, ...pause }: Pause): object {
  return { ...pause, ...isoAll({ at, until }) };
}

function endOf(text: string, now: Instant): Instant {
  const until = readMoment(text, now, 'ahead');
  if (until !== undefined && until > now) return until;
  throw new FirebreakError('malformed-body', 'until: must be a moment ahead, in RFC 3339, or a duration such as 30m');
}
