import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Needs } from '../access/needs.js';
import type { ExecutionFilter, ExecutionStore } from '../engine/execution-store.js';
import { STORE } from '../parts.js';
import { executionDetail, mustFind } from './execution-detail.js';
import { PHASES, type Outcome } from '../core/execution.js';
import { executionView } from './execution-view.js';
import { journalView } from './journal-view.js';
import { limit, readQuery } from './read-request.js';

/** All outcomes, the good ones first. */
export const OUTCOMES = [
  'succeeded',
  'reverted',
  'failed',
  'rejected',
  'expired',
  'cancelled',
  'not-needed',
  'dry-run',
  'accepted',
  'blocked',
] as const satisfies readonly Outcome[];
const text = z.string().max(500).exactOptional();

/** What executions can be listed by. */
export const listQuery = z.strictObject({
  phase: z.enum(PHASES).exactOptional(),
  outcome: z.enum(OUTCOMES).exactOptional(),
  runbook: text,
  target: text,
  limit: limit(500, 50),
  cursor: text,
});

/** Shows executions. */
@ApiTags('executions')
@Controller('api/v1/executions')
export class ExecutionsController {
  constructor(@Inject(STORE) private readonly store: ExecutionStore) {}

  /** Lists executions, newest first. */
  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'Executions, newest first; go on with the cursor of the answer' })
  @ApiQuery({ name: 'phase', required: false, enum: PHASES })
  @ApiQuery({ name: 'outcome', required: false, enum: OUTCOMES })
  @ApiQuery({ name: 'runbook', required: false, type: String })
  @ApiQuery({ name: 'target', required: false, type: String })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 } })
  @ApiQuery({ name: 'cursor', required: false, type: String })
  async list(@Query() query: unknown): Promise<object> {
    const filter: ExecutionFilter = readQuery(listQuery, query);
    const { items, cursor } = await this.store.list(filter);
    return { items: items.map((execution) => executionView(execution)), ...(cursor === undefined ? {} : { cursor }) };
  }

  /** Shows one execution. */
  @Get(':id')
  @Needs('read')
  @ApiOperation({ summary: 'One execution, with its plan and who agreed to it' })
  async one(@Param('id') id: string): Promise<object> {
    return executionDetail(this.store, await mustFind(this.store, id));
  }

  /** Shows everything that has happened to one execution. */
  @Get(':id/journal')
  @Needs('read')
  @ApiOperation({ summary: 'The events of one execution, in order' })
  async journal(@Param('id') id: string): Promise<object> {
    const journal = await this.store.journal(id);
    if (journal.length === 0) await mustFind(this.store, id);
    return { items: journal.map(journalView) };
  }
}
