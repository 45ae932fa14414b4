import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Needs } from '../access/needs.js';
import type { LetterRecord } from '../engine/outbox.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { STORE } from '../parts.js';
import { iso, isoAll } from './instants.js';
import { limit, readQuery } from './read-request.js';

const listQuery = z.strictObject({ execution: z.string().max(200).exactOptional(), limit: limit(500, 50) });

/** Shows what people were told, and what became of telling them. */
@ApiTags('messages')
@Controller('api/v1/messages')
export class MessagesController {
  constructor(@Inject(STORE) private readonly store: ExecutionStore) {}

  /** Lists messages, those put last first. */
  @Get()
  @Needs('read')
  @ApiOperation({
    summary: 'Messages by notifier, newest first: when put, each attempt with its result, when delivered',
  })
  @ApiQuery({ name: 'execution', required: false, type: String })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 } })
  async list(@Query() query: unknown): Promise<object> {
    return { items: (await this.store.outbox.list(readQuery(listQuery, query))).map(messageView) };
  }
}

/** Writes one message as JSON. */
export function messageView({ notifier, message, state, putAt, dueAt, doneAt, attempts }: LetterRecord): object {
  const { id, event, title, text, link, execution } = message;
  return {
    id,
    notifier,
    event,
    title,
    text,
    link,
    ...(execution === undefined ? {} : { execution }),
    state,
    putAt: iso(putAt),
    ...isoAll({ nextAt: dueAt, doneAt }),
    attempts: attempts.map(({ at, endedAt, ...attempt }) => ({ ...attempt, ...isoAll({ at, endedAt }) })),
  };
}
