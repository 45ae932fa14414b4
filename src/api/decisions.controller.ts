import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Needs } from '../access/needs.js';
import { Catalog } from '../catalog/catalog.js';
import { labelsFrom, type Labels } from '../core/alert.js';
import type { Clock } from '../core/clock.js';
import { FirebreakError } from '../core/errors.js';
import { nearestMisses, type Miss } from '../core/explain-match.js';
import { REASONS } from '../core/suppressions.js';
import type { DecisionRecord, ExecutionStore } from '../engine/execution-store.js';
import { CLOCK, STORE } from '../parts.js';
import { iso, readMoment } from './instants.js';
import { limit, readQuery } from './read-request.js';

const DECISIONS = ['opened', 'suppressed', 'closed', 'noted'] as const satisfies readonly DecisionRecord['decision'][];
/** So many alerts are explained at once, each with so many runbooks at most. */
const MOST_EXPLAINED = 20;
const MOST_MISSES = 200;

const text = z.string().max(500).exactOptional();
const listQuery = z.strictObject({
  fingerprint: text,
  alertname: text,
  runbook: text,
  decision: z.enum(DECISIONS).exactOptional(),
  because: z.enum(REASONS).exactOptional(),
  executionId: text,
  since: text,
  explain: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .exactOptional(),
  limit: limit(1_000, 100),
});

/** Which runbooks do not match an alert, as they are now. */
interface Explained {
  readonly fingerprint: string;
  /** Absent when the labels of the alert are not known any more. */
  readonly misses?: readonly Miss[];
}

/** Shows every decision, also each "no". */
@ApiTags('decisions')
@Controller('api/v1/decisions')
export class DecisionsController {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly catalog: Catalog,
  ) {}

  /** Lists decisions, newest first. */
  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'Every decision about every alert with its reason, newest first' })
  @ApiQuery({ name: 'fingerprint', required: false, type: String })
  @ApiQuery({ name: 'alertname', required: false, type: String })
  @ApiQuery({ name: 'runbook', required: false, type: String })
  @ApiQuery({ name: 'decision', required: false, enum: DECISIONS })
  @ApiQuery({ name: 'because', required: false, enum: REASONS })
  @ApiQuery({ name: 'executionId', required: false, type: String, description: 'opened, or in the way' })
  @ApiQuery({ name: 'since', required: false, type: String, description: 'RFC 3339, or a duration such as 1h' })
  @ApiQuery({
    name: 'explain',
    required: false,
    type: Boolean,
    description: 'also which runbooks do not match, and why',
  })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 1_000, default: 100 } })
  async list(@Query() query: unknown): Promise<object> {
    const { since, explain = false, ...filter } = readQuery(listQuery, query);
    const from = since === undefined ? {} : { since: this.moment(since) };
    const records = await this.store.decisions({ ...filter, ...from });
    const items = records.map((record) => ({ ...record, at: iso(record.at), startsAt: iso(record.startsAt) }));
    return explain ? { items, explained: await this.explained(records) } : { items };
  }

  private explained(records: readonly DecisionRecord[]): Promise<Explained[]> {
    const fingerprints = [...new Set(records.map(({ fingerprint }) => fingerprint))].slice(0, MOST_EXPLAINED);
    const runbooks = [...this.catalog.current.runbooks.values()];
    return Promise.all(
      fingerprints.map(async (fingerprint) => {
        const labels =
          labelsIn(records, fingerprint) ??
          labelsIn(await this.store.decisions({ fingerprint, limit: 100 }), fingerprint);
        return {
          fingerprint,
          ...(labels === undefined ? {} : { misses: nearestMisses(runbooks, labels, MOST_MISSES) }),
        };
      }),
    );
  }

  private moment(text: string): number {
    const at = readMoment(text, this.clock.now(), 'back');
    if (at === undefined)
      throw new FirebreakError('wrong-parameter', 'since: must be a moment in RFC 3339, or a duration such as 1h');
    return Math.max(0, at);
  }
}

/** Labels as they were kept; what comes out of JSON has names by birth, which are no labels. */
function labelsIn(records: readonly DecisionRecord[], fingerprint: string): Labels | undefined {
  const found = records.find((one) => one.labels !== undefined && one.fingerprint === fingerprint)?.labels;
  return found && labelsFrom(found);
}
