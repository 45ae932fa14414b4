import { Readable } from 'node:stream';
import { Controller, Get, Inject, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Needs } from '../../access/needs.js';
import { readQuery } from '../../api/read-request.js';
import type { ExecutionStore } from '../../engine/execution-store.js';
import { verifyAudit, type Verified } from '../../engine/verify-audit.js';
import { STORE } from '../../parts.js';
import { Pages } from '../pages.js';
import { auditLines } from './audit-export.js';
import { auditModel, readAuditSearch } from './audit-model.js';

const AT = '/audit';
const nothing = z.strictObject({});

/** Who did what, from where and why; and whether the chain of it still holds. */
@ApiExcludeController()
@Controller('audit')
export class AuditPageController {
  /** Looking through all of it is work, so that those who ask meanwhile share the answer. */
  private verifying: Promise<Verified> | undefined;

  constructor(
    private readonly pages: Pages,
    @Inject(STORE) private readonly store: ExecutionStore,
  ) {}

  /** Lists records. */
  @Get()
  @Needs('read')
  async list(
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const model = await auditModel(readAuditSearch(query), this.store);
    return this.pages.show(request, reply, { view: 'audit', title: 'Audit', at: AT }, model);
  }

  /** Goes along the whole chain, and says whether it holds. */
  @Get('verify')
  @Needs('read')
  async verify(
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    readQuery(nothing, query);
    this.verifying ??= verifyAudit(this.store).finally(() => (this.verifying = undefined));
    const verified = await this.verifying;
    const model = verified.ok ? { ...verified, mistake: '' } : { ok: false, mistake: verified.mistake };
    return this.pages.show(request, reply, { view: 'audit-verified', title: 'Audit verified', at: AT }, model);
  }

  /** Gives the whole chain as a file. */
  @Get('export')
  @Needs('read')
  export(@Query() query: unknown): StreamableFile {
    readQuery(nothing, query);
    const type = 'application/x-ndjson; charset=utf-8';
    return new StreamableFile(Readable.from(auditLines(this.store)), {
      type,
      disposition: 'attachment; filename="firebreak-audit.ndjson"',
    });
  }
}
