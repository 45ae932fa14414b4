import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../access/needs.js';
import { parametersOf, send } from './exchange.js';
import { ReadApi } from './read-api.js';

/** What a Prometheus data source of Grafana asks, by address. */
@ApiTags('prometheus')
@Controller('prometheus/api/v1')
export class ReadApiController {
  constructor(@Inject(ReadApi) private readonly api: ReadApi) {}

  /** Computes a query at one moment. */
  @Get('query')
  @Needs('read')
  @ApiOperation({ summary: 'A query at one moment: query, time, timeout, limit' })
  async query(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.query(parametersOf(request)));
  }

  /** Computes a query at many moments. */
  @Get('query_range')
  @Needs('read')
  @ApiOperation({ summary: 'A query at many moments: query, start, end, step, timeout, limit' })
  async range(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.queryRange(parametersOf(request)));
  }

  /** Lists series. */
  @Get('series')
  @Needs('read')
  @ApiOperation({ summary: 'Series in a stretch of time: match[], start, end, limit' })
  async series(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.series(parametersOf(request)));
  }

  /** Lists names of labels. */
  @Get('labels')
  @Needs('read')
  @ApiOperation({ summary: 'Names of labels: match[], start, end, limit' })
  async labels(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.labels(parametersOf(request)));
  }

  /** Lists values of a label. */
  @Get('label/:name/values')
  @Needs('read')
  @ApiOperation({ summary: 'Values of a label: match[], start, end, limit' })
  async values(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.labelValues(name, parametersOf(request)));
  }

  /** Tells what there is. */
  @Get('metadata')
  @Needs('read')
  @ApiOperation({ summary: 'What each name means: metric, limit, limit_per_metric' })
  async metadata(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.metadata(parametersOf(request)));
  }

  /** Tells as which Prometheus this is to be treated. */
  @Get('status/buildinfo')
  @Needs('read')
  @ApiOperation({ summary: 'As which Prometheus this is to be treated' })
  async buildInfo(@Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.buildInfo());
  }

  /** There are none. */
  @Get('query_exemplars')
  @Needs('read')
  @ApiOperation({ summary: 'Exemplars: there are none here' })
  async exemplars(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.exemplars(parametersOf(request)));
  }

  /** There are none. */
  @Get('rules')
  @Needs('read')
  @ApiOperation({ summary: 'Rules: there are none here' })
  async rules(@Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.none('groups'));
  }

  /** There are none. */
  @Get('alerts')
  @Needs('read')
  @ApiOperation({ summary: 'Alerts by rules: there are none here' })
  async alerts(@Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.none('alerts'));
  }
}
