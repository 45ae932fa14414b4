import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Needs } from '../access/needs.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { PLUGINS, STORE } from '../parts.js';
import type { LoadedPlugins } from '../plugin-host/loaded-plugins.js';
import { redactor } from '../plugin-host/redact.js';
import { mustFind } from './execution-detail.js';
import { executionRecord } from './execution-record.js';

/** Gives executions as documents for a repository. */
@ApiTags('executions')
@Controller('api/v1/executions/:id/export')
export class RecordController {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(PLUGINS) private readonly plugins: LoadedPlugins,
  ) {}

  /** Gives one execution as YAML. */
  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'One execution as a YAML record with its approvals and its revert plan, ready to commit' })
  @ApiProduces('text/yaml')
  async record(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const execution = await mustFind(this.store, id);
    const text = executionRecord(execution, await this.store.journal(id), redactor(this.plugins.secrets));
    void reply.header('content-type', 'text/yaml; charset=utf-8');
    return text;
  }
}
