import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Needs } from '../access/needs.js';
import type { AuditRecord } from '../engine/audit.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { readAuditFact } from '../engine/stored-json.js';
import { STORE } from '../parts.js';
import { iso } from './instants.js';
import { limit, readQuery } from './read-request.js';

const after = z
  .string()
  .regex(/^\d{1,15}$/, 'must be the number of a record')
  .transform(Number)
  .default(0);
const listQuery = z.strictObject({ after, limit: limit(1_000, 100) });

/** Shows the chain of everything that was done, as it is kept. */
@ApiTags('audit')
@Controller('api/v1/audit')
export class AuditController {
  constructor(@Inject(STORE) private readonly store: ExecutionStore) {}

  /** Lists records, oldest first. */
  @Get()
  @Needs('read')
  @ApiOperation({
    summary: 'Records of the audit, oldest first; each hash is SHA-1 of the one before it and the record',
  })
  @ApiQuery({ name: 'after', required: false, schema: { type: 'integer', minimum: 0, default: 0 } })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 1_000, default: 100 } })
  async list(@Query() query: unknown): Promise<object> {
    const wanted = readQuery(listQuery, query);
    const [records, head] = await Promise.all([this.store.audit(wanted.after, wanted.limit), this.store.auditHead()]);
    return { items: records.map(recordView), head };
  }
}

/** With the text that the hash is of, so that anybody can recompute it. */
function recordView({ n, text, hash }: AuditRecord): object {
  try {
    const { at, ...fact } = readAuditFact(text);
    return { ...fact, n, at: iso(at), hash, record: text };
  } catch {
    // what cannot be read is shown as it is: hiding it would help whoever made it so
    return { n, hash, record: text };
  }
}
