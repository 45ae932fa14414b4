import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Needs } from '../access/needs.js';
import type { Clock } from '../core/clock.js';
import { FirebreakError } from '../core/errors.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { CLOCK, STORE } from '../parts.js';
import { iso, readMoment } from './instants.js';
import { limit, readQuery } from './read-request.js';

const text = z.string().max(500).exactOptional();
const listQuery = z.strictObject({
  fingerprint: text,
  alertname: text,
  runbook: text,
  since: text,
  limit: limit(1_000, 100),
});

/** Shows every decision, also each "no". */
@ApiTags('decisions')
@Controller('api/v1/decisions')
export class DecisionsController {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Lists decisions, newest first. */
  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'Every decision about every alert with its reason, newest first' })
  @ApiQuery({ name: 'fingerprint', required: false, type: String })
  @ApiQuery({ name: 'alertname', required: false, type: String })
  @ApiQuery({ name: 'runbook', required: false, type: String })
  @ApiQuery({ name: 'since', required: false, type: String, description: 'RFC 3339, or a duration such as 1h' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 1_000, default: 100 } })
  async list(@Query() query: unknown): Promise<object> {
    const { since, ...filter } = readQuery(listQuery, query);
    const from = since === undefined ? {} : { since: this.moment(since) };
    const records = await this.store.decisions({ ...filter, ...from });
    return { items: records.map((record) => ({ ...record, at: iso(record.at), startsAt: iso(record.startsAt) })) };
  }

  private moment(text: string): number {
    const at = readMoment(text, this.clock.now(), 'back');
    if (at === undefined)
      throw new FirebreakError('wrong-parameter', 'since: must be a moment in RFC 3339, or a duration such as 1h');
    return Math.max(0, at);
  }
}
