import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { mustMay } from '../access/may.js';
import { Needs } from '../access/needs.js';
import { dnsLabel } from '../catalog/schema-fields.js';
import type { Clock } from '../core/clock.js';
import type { DrillResult } from '../core/drill-result.js';
import { FirebreakError } from '../core/errors.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { CLOCK, LOGGER, STORE } from '../parts.js';
import type { Log } from '../telemetry/logger.js';
import { drillBody, type DrillBody } from './drill-body.js';
import { isoAll } from './instants.js';
import { actorOf } from './people-commands.js';
import { readBody, readQuery, schemaOf } from './read-request.js';

const listQuery = z.strictObject({ drill: dnsLabel.exactOptional() });

/** Two clocks may differ by so much; a run from the future would hide for as long that a drill is overdue. */
const MOST_AHEAD_MS = 60_000;

/** Keeps how drills ended. */
@ApiTags('drills')
@Controller('api/v1/drills')
export class DrillsController {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /** Lists the last run of each drill, or all kept runs of one. */
  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'The last run of each drill, or all runs of one that are kept; the newest first' })
  @ApiQuery({ name: 'drill', required: false, type: String })
  async list(@Query() query: unknown): Promise<object> {
    const { drill } = readQuery(listQuery, query);
    const { governance } = this.store;
    const results = await (drill === undefined ? governance.lastDrills() : governance.drillRuns(drill));
    return { items: results.map(drillView) };
  }

  /** Keeps how a drill ended; the same run reported again changes nothing. */
  @Post()
  @HttpCode(200)
  @Needs('report-drill')
  @ApiOperation({
    summary: 'Report how a drill ended; a run is known by its drill and when it began, and is kept once',
  })
  @ApiBody({ schema: schemaOf(drillBody) })
  async report(@Body() body: unknown, @Req() request: FastifyRequest): Promise<object> {
    const result = this.resultOf(readBody(drillBody, body));
    const { person, from } = actorOf(request);
    mustMay(person, 'report-drill', { runbook: result.runbook ?? '*', target: result.target });
    const isNew = await this.store.governance.noteDrill(result, { by: person.name, from });
    const { drill, passed, detail } = result;
    if (isNew && !passed) this.log.warn({ drill, detail, by: person.name }, 'a drill did not pass');
    return { ...drillView(result), kept: isNew ? 'now' : 'before' };
  }

  private resultOf({ startedAt, endedAt, recoverySeconds, objectiveSeconds, ...rest }: DrillBody): DrillResult {
    const [began, ended] = [Date.parse(startedAt), Date.parse(endedAt)];
    if (ended < began) throw new FirebreakError('malformed-body', 'endedAt: must not be before startedAt');
    if (ended > this.clock.now() + MOST_AHEAD_MS)
      throw new FirebreakError('malformed-body', 'endedAt: must not be ahead; compare the clocks');
    return {
      ...rest,
      startedAt: began,
      endedAt: ended,
      ...(recoverySeconds === undefined ? {} : { recoveryMs: Math.round(recoverySeconds * 1000) }),
      ...(objectiveSeconds === undefined ? {} : { objectiveMs: Math.round(objectiveSeconds * 1000) }),
    };
  }
}

function drillView({ startedAt, endedAt, recoveryMs, objectiveMs, ...rest }: DrillResult): object {
  return {
    ...rest,
    ...isoAll({ startedAt, endedAt }),
    ...(recoveryMs === undefined ? {} : { recoverySeconds: recoveryMs / 1000 }),
    ...(objectiveMs === undefined ? {} : { objectiveSeconds: objectiveMs / 1000 }),
  };
}
