import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../access/needs.js';
import { parametersOf, send } from './exchange.js';
import { ReadApi } from './read-api.js';

/** The same as by address where Prometheus takes forms too, which may be longer; nothing is changed by any of them. */
@ApiTags('prometheus')
@Controller('prometheus/api/v1')
export class ReadApiFormsController {
  constructor(@Inject(ReadApi) private readonly api: ReadApi) {}

  /** Computes a query at one moment. */
  @Post('query')
  @Needs('read')
  @ApiOperation({ summary: 'A query at one moment, as a form' })
  async query(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.query(parametersOf(request)));
  }

  /** Computes a query at many moments. */
  @Post('query_range')
  @Needs('read')
  @ApiOperation({ summary: 'A query at many moments, as a form' })
  async range(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.queryRange(parametersOf(request)));
  }

  /** Lists series. */
  @Post('series')
  @Needs('read')
  @ApiOperation({ summary: 'Series in a stretch of time, as a form' })
  async series(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.series(parametersOf(request)));
  }

  /** Lists names of labels. */
  @Post('labels')
  @Needs('read')
  @ApiOperation({ summary: 'Names of labels, as a form' })
  async labels(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.labels(parametersOf(request)));
  }

  /** There are none. */
  @Post('query_exemplars')
  @Needs('read')
  @ApiOperation({ summary: 'Exemplars, as a form: there are none here' })
  async exemplars(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.api.exemplars(parametersOf(request)));
  }
}
