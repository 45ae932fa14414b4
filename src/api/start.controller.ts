import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../access/needs.js';
import type { Clock } from '../core/clock.js';
import { newId } from '../intake/new-id.js';
import { CLOCK } from '../parts.js';
import { executionView } from './execution-view.js';
import { OncePerKey } from './once-per-key.js';
import { actorOf } from './people-commands.js';
import { schemaOf } from './read-request.js';
import { StartByHand, type Starter } from './start-by-hand.js';
import { checkKey, readStart, startBody, startJson, type StartRequest } from './start-request.js';

/** Starts runbooks by hand, from a script or from a button in a dashboard. */
@ApiTags('runbooks')
@Controller('api/v1/runbooks/:name/executions')
export class StartController {
  constructor(
    private readonly starting: StartByHand,
    private readonly once: OncePerKey,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Opens an execution of a runbook. */
  @Post()
  @HttpCode(202)
  @Needs('start')
  @ApiOperation({ summary: 'Start a runbook by hand; everything may also stand in the query' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'same key, same answer, for 24 hours; also as idempotencyKey',
  })
  @ApiQuery({ name: 'label.<name>', required: false, type: String })
  @ApiQuery({ name: 'annotation.<name>', required: false, type: String, description: 'such as annotation.runbook_url' })
  @ApiBody({ required: false, schema: schemaOf(startBody) })
  async start(
    @Param('name') name: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Headers('idempotency-key') header: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const { start: read, key } = readStart(name, body, query);
    const caller: Omit<Starter, 'executionId'> = { actor: actorOf(request), trigger: triggerOf(request) };
    // a button in a dashboard is pressed without seeing the plan
    const start: StartRequest = caller.trigger === 'grafana' ? { ...read, cutOverAsks: true } : read;
    const chosen = header === '' ? key : (header ?? key);
    if (chosen === undefined)
      return executionView(await this.starting.start(start, { ...caller, executionId: newId('x', this.clock.now()) }));
    const perCaller = `${caller.actor.person.name} ${checkKey(chosen)}`;
    void reply.header('content-type', 'application/json; charset=utf-8');
    return this.once.run(perCaller, startJson(start), (executionId) =>
      this.starting.start(start, { ...caller, executionId }),
    );
  }
}

/** Only says where the button was; it proves nothing and allows nothing more: a cut-over from there is only asked for. */
function triggerOf({ headers }: FastifyRequest): Starter['trigger'] {
  return headers['x-grafana-action'] === undefined ? 'manual' : 'grafana';
}
