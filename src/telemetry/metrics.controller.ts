import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CONTENT_TYPES, formatFor } from './exposition.js';
import { Metrics } from './metrics.js';

/** Where Prometheus scrapes. */
@ApiTags('health')
@Controller()
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  /** All metrics: as OpenMetrics, with exemplars, for those who ask for it, and in Prometheus' text format for everybody else. */
  @Get('metrics')
  @ApiOperation({ summary: 'Metrics for Prometheus: OpenMetrics with exemplars, or the text format, as Accept says' })
  @ApiProduces('application/openmetrics-text', 'text/plain')
  async scrape(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const format = formatFor(accept);
    void reply.headers({ 'content-type': CONTENT_TYPES[format], vary: 'Accept' });
    return this.metrics.written(format);
  }
}
