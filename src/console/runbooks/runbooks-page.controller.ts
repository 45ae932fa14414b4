import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Needs } from '../../access/needs.js';
import { readQuery } from '../../api/read-request.js';
import { Catalog } from '../../catalog/catalog.js';
import type { ExecutionStore } from '../../engine/execution-store.js';
import { STORE } from '../../parts.js';
import { Pages } from '../pages.js';
import { guideOf } from './runbook-model.js';
import { RunbookPages } from './runbook-pages.js';
import { runbooksModel } from './runbooks-model.js';

const AT = '/runbooks';
const listQuery = z.strictObject({ search: z.string().trim().max(200).default('') });
const oneQuery = z.strictObject({
  alert: z.string().max(200).exactOptional(),
  labels: z.string().max(2_000).exactOptional(),
});

/** What Firebreak can do: the runbooks, what rests and what is wrong with a newer edition. */
@ApiExcludeController()
@Controller('runbooks')
export class RunbooksPageController {
  constructor(
    private readonly pages: Pages,
    private readonly runbookPages: RunbookPages,
    private readonly catalog: Catalog,
    @Inject(STORE) private readonly store: ExecutionStore,
  ) {}

  /** Lists them. */
  @Get()
  @Needs('read')
  async list(
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { search } = readQuery(listQuery, query);
    const { current } = this.catalog;
    const model = await runbooksModel({ current, status: this.catalog.status() }, this.store, search);
    return this.pages.show(request, reply, { view: 'runbooks', title: 'Runbooks', at: AT }, model);
  }

  /** Shows one, also one that rests. */
  @Get(':name')
  @Needs('read')
  async one(
    @Param('name') name: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { alert, labels } = readQuery(oneQuery, query);
    const { current } = this.catalog;
    const needs = current.resting.get(name);
    if (needs === undefined)
      return this.runbookPages.show({ request, reply }, name, {
        ...(alert === undefined ? {} : { fingerprint: alert }),
        ...(labels === undefined ? {} : { startText: labels }),
      });
    const model = { name, needs, guide: guideOf({ name, params: {} }, current), text: current.texts.get(name) ?? '' };
    return this.pages.show(request, reply, { view: 'runbook-resting', title: name, at: AT }, model);
  }
}
