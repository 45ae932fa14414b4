import { Readable } from 'node:stream';
import { Controller, Get, Query, Req, Res, type OnModuleDestroy } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Needs } from '../../access/needs.js';
import { StillAllowed } from '../../access/still-allowed.js';
import { OpenStreams, STREAM_HEADERS } from '../../api/open-streams.js';
import { readQuery } from '../../api/read-request.js';
import { LiveNews } from './live-news.js';

/** More open pages than this are not brought up to date. */
export const MOST_LIVE_PAGES = 500;

const liveQuery = z.strictObject({ execution: z.string().max(200).exactOptional() });

/** Keeps open pages up to date; what is new they fetch themselves, with everything that is checked then. */
@ApiExcludeController()
@Controller('live')
export class LiveController implements OnModuleDestroy {
  private readonly streams = new OpenStreams(MOST_LIVE_PAGES);

  constructor(
    private readonly news: LiveNews,
    private readonly allowed: StillAllowed,
  ) {}

  /** Says "changed" whenever there is something to fetch, for as long as the page is open and its reader may read. */
  @Get()
  @Needs('read')
  live(@Query() query: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { execution } = readQuery(liveQuery, query);
    const gone = this.streams.admit(reply);
    void reply.headers(STREAM_HEADERS);
    if (request.method === 'HEAD') void reply.send();
    else void reply.send(Readable.from(this.news.tell(execution, this.allowed.watch(request, 'read', gone))));
  }

  /** Ends all streams, so that the service can stop; pages come back by themselves. */
  onModuleDestroy(): void {
    this.streams.endAll();
  }
}
