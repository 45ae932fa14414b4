import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../../access/needs.js';
import { listQuery } from '../../api/executions.controller.js';
import { limit, readQuery } from '../../api/read-request.js';
import { Catalog } from '../../catalog/catalog.js';
import type { ExecutionFilter, ExecutionStore } from '../../engine/execution-store.js';
import { STORE } from '../../parts.js';
import { Pages } from '../pages.js';
import { executionsModel } from './executions-model.js';

/** A page is quick enough with so many. */
const MOST_ON_A_PAGE = 1_000;

const pageQuery = listQuery.extend({ limit: limit(MOST_ON_A_PAGE, 50) });

/** The list of executions, newest first. */
@ApiExcludeController()
@Controller('executions')
export class ExecutionsPageController {
  constructor(
    private readonly pages: Pages,
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly catalog: Catalog,
  ) {}

  /** Shows those that fit; only their first page moves, so that what somebody looks up stays where it is. */
  @Get()
  @Needs('read')
  async list(
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const filter: ExecutionFilter = readQuery(pageQuery, query);
    const page = await this.store.list(filter);
    const runbooks = [...this.catalog.current.runbooks.keys()].toSorted();
    const about = { view: 'executions', title: 'Executions', at: '/executions' } as const;
    const isLive = filter.cursor === undefined && filter.limit <= 100;
    return this.pages.show(
      request,
      reply,
      isLive ? { ...about, live: 'all' } : about,
      executionsModel({ filter, page, runbooks }),
    );
  }
}
