import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../access/needs.js';
import { Catalog } from '../catalog/catalog.js';
import type { Clock } from '../core/clock.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { Basis } from '../intake/basis.js';
import { CLOCK, STORE } from '../parts.js';
import { topologyView } from './topology-view.js';

/** Shows the topology with how its centres are. */
@ApiTags('centers')
@Controller('api/v1/topology')
export class TopologyController {
  constructor(
    private readonly catalog: Catalog,
    private readonly basis: Basis,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Gives all of it. */
  @Get()
  @Needs('read')
  @ApiOperation({
    summary: 'Regions, centres with how they are now, links, services, and whether each assertion holds',
  })
  async all(): Promise<object> {
    const [centers, records] = await Promise.all([this.basis.centers(), this.store.governance.centerRecords()]);
    return topologyView(this.catalog.current.topology, { centers, records }, this.clock.now());
  }
}
