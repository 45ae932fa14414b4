import { Readable } from 'node:stream';
import { Controller, Get, Inject, Param, Query, Req, Res, type OnModuleDestroy } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Needs } from '../access/needs.js';
import { StillAllowed } from '../access/still-allowed.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { STORE } from '../parts.js';
import { mustFind } from './execution-detail.js';
import { ExecutionStream } from './execution-stream.js';
import { OpenStreams, STREAM_HEADERS } from './open-streams.js';
import { readQuery } from './read-request.js';

/** More readers at once than this are sent away. */
export const MOST_STREAMS = 200;

const seq = z
  .string()
  .regex(/^\d{1,9}$/, 'must be the id of an event')
  .transform(Number);
const resume = z.strictObject({ lastEventId: seq.exactOptional() });

/** Lets people watch an execution. */
@ApiTags('executions')
@Controller('api/v1/executions/:id/stream')
export class StreamController implements OnModuleDestroy {
  private readonly streams = new OpenStreams(MOST_STREAMS);

  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly stream: ExecutionStream,
    private readonly allowed: StillAllowed,
  ) {}

  /** Streams the journal of one execution until it is closed, or its reader may not read any more. */
  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'The events of one execution as they happen, until "closed" (Server-Sent Events)' })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'go on after this event; also as lastEventId' })
  @ApiProduces('text/event-stream')
  async follow(
    @Param('id') id: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = startOf(request, query);
    const gone = this.streams.admit(reply);
    await mustFind(this.store, id);
    void reply.headers(STREAM_HEADERS);
    if (request.method === 'HEAD') void reply.send();
    else void reply.send(Readable.from(this.stream.follow(id, after, this.allowed.watch(request, 'read', gone))));
  }

  /** Ends all streams, so that the service can stop; readers come back with the id of their last event. */
  onModuleDestroy(): void {
    this.streams.endAll();
  }
}

function startOf(request: FastifyRequest, query: unknown): number {
  const { lastEventId = 0 } = readQuery(resume, query);
  const header = request.headers['last-event-id'];
  return header === undefined ? lastEventId : (readQuery(resume, { lastEventId: header }).lastEventId ?? 0);
}
