import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../access/needs.js';
import { Catalog } from '../catalog/catalog.js';
import type { Execution } from '../core/execution.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { STORE } from '../parts.js';
import { leaseView, type LeaseView } from './lease-view.js';

const PAGE = 500;

/** Shows what is in force for a time only. */
@ApiTags('executions')
@Controller('api/v1/leases')
export class LeasesController {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly catalog: Catalog,
  ) {}

  /** Lists all leases. */
  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'Every change that is in force under a lease, the latest end first' })
  async list(): Promise<object> {
    const items = (await this.holding()).flatMap((execution) => {
      const lease = leaseView(execution);
      return lease === undefined ? [] : [this.view(execution, lease)];
    });
    items.sort((a, b) => (a.ends === b.ends ? compare(b.execution, a.execution) : compare(b.ends, a.ends)));
    return { items };
  }

  private view({ id: execution, runbook, target }: Execution, { until: ends, reason, ...moments }: LeaseView) {
    const owner = this.catalog.current.runbooks.get(runbook)?.owner;
    return { execution, runbook, ...(owner === undefined ? {} : { owner }), target, reason, ends, ...moments };
  }

  private async holding(): Promise<Execution[]> {
    const all: Execution[] = [];
    let cursor: string | undefined;
    do {
      const from = cursor === undefined ? {} : { cursor };
      const page = await this.store.list({ phase: 'holding', limit: PAGE, ...from });
      all.push(...page.items);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return all;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
