import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../access/needs.js';
import { FirebreakError } from '../core/errors.js';
import { webhookBody } from '../intake/payload-schema.js';
import { readAlerts } from '../intake/read-payload.js';
import { schemaOf } from './read-request.js';
import { Simulation } from './simulation.js';

/** Lets people try what an alert would do. */
@ApiTags('alerts')
@Controller('api/v1/simulations')
export class SimulationsController {
  constructor(private readonly simulation: Simulation) {}

  /** Says what would happen with the alerts of a webhook body. */
  @Post()
  @HttpCode(200)
  @Needs('simulate')
  @ApiOperation({ summary: 'What these alerts would do, and why, with the rendered plans; touches nothing' })
  @ApiBody({ schema: schemaOf(webhookBody) })
  async simulate(@Body() body: unknown): Promise<object> {
    const payload = readAlerts(body);
    if (!payload.ok) throw new FirebreakError(payload.code, payload.detail);
    return { alerts: await this.simulation.run(payload.alerts) };
  }
}
