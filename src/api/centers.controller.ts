import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Needs } from '../access/needs.js';
import { Catalog } from '../catalog/catalog.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { STORE } from '../parts.js';
import { isoAll } from './instants.js';
import { actorOf } from './people-commands.js';
import { PeopleGovernance } from './people-governance.js';
import { reason } from './reason.js';
import { readBody, schemaOf } from './read-request.js';
import { standing } from './topology-view.js';

const servingBody = z.strictObject({ serving: z.boolean(), reason });

/** A centre as JSON: what the topology says of it, and whether it is in service. */
interface CenterView {
  readonly id: string;
  readonly inService: boolean;
  /** Who took it out: executions, or `person:<name>`. */
  readonly by?: readonly string[];
  /** When it was taken out last. */
  readonly since?: string;
  /** When it took over last, and that went well. */
  readonly provenAt?: string;
}

/** Shows which centres are in service, as the topology's assertions count them. */
@ApiTags('centers')
@Controller('api/v1/centers')
export class CentersController {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly catalog: Catalog,
    private readonly governance: PeopleGovernance,
  ) {}

  /** Lists the centres. */
  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'The centres of the topology, whether each is in service, and who took it out' })
  async list(): Promise<object> {
    return { items: await this.views() };
  }

  /** Notes that a centre is out of service, or back. */
  @Post(':id/serving')
  @HttpCode(200)
  @Needs('set-serving')
  @ApiOperation({ summary: 'Say that a centre is out of service, or back: nothing is switched, guards count with it' })
  @ApiBody({ schema: schemaOf(servingBody) })
  async say(@Param('id') id: string, @Body() body: unknown, @Req() request: FastifyRequest): Promise<object> {
    const { serving, reason: because } = readBody(servingBody, body);
    await this.governance.setServing(actorOf(request), id, serving, because);
    return (await this.views()).find((center) => center.id === id) ?? { id, inService: serving };
  }

  /** What the topology has, and after it what is out of service and no longer in it. */
  private async views(): Promise<CenterView[]> {
    const { centers } = this.catalog.current.topology;
    const out = new Map<string, string[]>();
    const { governance } = this.store;
    const [taken, records] = await Promise.all([governance.outOfService(), governance.centerRecords()]);
    for (const { center, by } of taken) out.set(center, [...(out.get(center) ?? []), by]);
    const gone = [...out.keys()].filter((id) => !Object.hasOwn(centers, id)).sort();
    return [...Object.keys(centers), ...gone].map((id) => {
      const { region, vendor, role, capacity } = Object.hasOwn(centers, id) ? (centers[id] ?? {}) : {};
      const record = records.find(({ center }) => center === id);
      const proven = isoAll({ provenAt: record?.provenAt });
      return { id, region, vendor, role, capacity, ...standing(out.get(id), record?.moved), ...proven };
    });
  }
}
