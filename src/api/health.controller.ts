import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Needs } from '../access/needs.js';
import { Catalog } from '../catalog/catalog.js';
import { formatProblem, type Problem } from '../catalog/problem.js';
import type { Clock } from '../core/clock.js';
import { FirebreakError } from '../core/errors.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { CLOCK, STORE } from '../parts.js';
import { actorOf } from './people-commands.js';
import { PeopleGovernance } from './people-governance.js';
import { readBody, readQuery } from './read-request.js';
import { catalogueView } from './runbooks.controller.js';

const STORE_ANSWERS_WITHIN_MS = 1_000;
const MOST_PROBLEMS = 50;

const reason = z.string().max(1_000).exactOptional();
const reloadBody = z.strictObject({ acceptLoss: z.boolean().exactOptional(), reason });
const reloadQuery = z.strictObject({
  acceptLoss: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .exactOptional(),
  reason,
});

/** Health, readiness and reload, under the names that Prometheus and Alertmanager use. */
@ApiTags('operation')
@Controller('-')
export class HealthController {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly catalog: Catalog,
    private readonly governance: PeopleGovernance,
  ) {}

  /** Says that the process lives. */
  @Get('healthy')
  @ApiOperation({ summary: 'Whether the process lives; a dead store does not make it unhealthy' })
  healthy(): object {
    return { status: 'healthy' };
  }

  /** Says whether alerts can be taken. */
  @Get('ready')
  @ApiOperation({ summary: 'Whether alerts can be taken: the store answers and runbooks are loaded' })
  async ready(): Promise<object> {
    if (!(await this.storeAnswers()))
      throw new FirebreakError('store-unavailable', 'Redis has not answered within 1 s');
    return { status: 'ready', store: 'answers', runbooks: this.catalog.current.runbooks.size };
  }

  /** Reads the runbooks again. */
  @Post('reload')
  @HttpCode(200)
  @Needs('reload')
  @ApiOperation({
    summary: 'Read runbooks and topology again; a wrong edition is refused and the old one stays in force',
  })
  async reload(@Body() body: unknown, @Query() query: unknown, @Req() request: FastifyRequest): Promise<object> {
    const { acceptLoss = false, reason: why } = { ...readQuery(reloadQuery, query), ...readBody(reloadBody, body) };
    const reloaded = await this.governance.reload(actorOf(request), acceptLoss, why);
    if (!reloaded.activated)
      throw new FirebreakError('catalogue-refused', refusal(reloaded.because, reloaded.problems));
    return { activated: true, changed: reloaded.changed, catalogue: catalogueView(this.catalog) };
  }

  private storeAnswers(): Promise<boolean> {
    return new Promise((resolve) => {
      const stop = this.clock.after(STORE_ANSWERS_WITHIN_MS, () => resolve(false));
      this.store
        .now()
        .then(() => resolve(true))
        .catch(() => resolve(false))
        .finally(stop);
    });
  }
}

function refusal(because: string, problems: readonly Problem[]): string {
  const lines = problems.slice(0, MOST_PROBLEMS).map(formatProblem);
  const more = problems.length > MOST_PROBLEMS ? [`and ${problems.length - MOST_PROBLEMS} more`] : [];
  return [`the new edition is ${because}, the old one stays in force`, ...lines, ...more].join('\n');
}
