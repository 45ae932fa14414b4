import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Needs } from '../access/needs.js';
import { FirebreakError } from '../core/errors.js';
import { LOGGER } from '../parts.js';
import { actorOf, PeopleCommands, type Actor } from './people-commands.js';
import { SlackAnswers } from './slack-answers.js';
import { SlackPresence } from './slack-presence.js';
import { readPress, type Press } from './slack-press.js';
import { Taking } from './taking.js';

/** Takes what people press in Slack. */
@ApiExcludeController()
@Controller('slack/interactions')
export class SlackController {
  constructor(
    private readonly commands: PeopleCommands,
    private readonly taking: Taking,
    private readonly answers: SlackAnswers,
    private readonly presence: SlackPresence,
    @Inject(LOGGER) private readonly log: Pick<Logger, 'info'>,
  ) {}

  /**
   * Does what a button says, if whoever pressed it may, and tells that person in Slack what came of it. What is sent a
   * second time is not looked at again.
   */
  @Post()
  @HttpCode(200)
  @Needs('read')
  async pressed(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    const press = readPress(body);
    // a button that is only a link is reported, too
    if (press === undefined) return { ok: true };
    await this.presence.admit(request);
    const actor = actorOf(request);
    const text = await this.carriedOut(actor, press);
    this.log.info({ executionId: press.execution, by: actor.person.name, said: press.says }, 'a button in Slack');
    // Slack waits three seconds for the answer to this request, and not for what people read
    void this.answers.send(press.answerTo, text);
    return { ok: true };
  }

  private async carriedOut(actor: Actor, press: Press): Promise<string> {
    const { execution } = press;
    try {
      switch (press.says) {
        case 'approve':
          await this.commands.approve(actor, execution, press.digest, 'approved in Slack');
          return 'You have approved it. It goes on as soon as nobody else must agree; the page behind the link shows how.';
        case 'reject':
          await this.commands.say(actor, execution, 'reject', 'rejected in Slack');
          return 'You have rejected it. Nothing is changed.';
        case 'take':
          await this.taking.take(actor, execution, 'taken in Slack');
          return 'You look after it now: for a while nobody is reminded of it. The page behind the link shows what to do.';
      }
    } catch (error) {
      if (error instanceof FirebreakError) return `Not done: ${error.detail}.`;
      throw error;
    }
  }
}
