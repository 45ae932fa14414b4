import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from '../../access/proxy/proxy-addresses.js';
import type { Config } from '../../config.js';
import { CONFIG, LOGGER } from '../../parts.js';
import type { Log } from '../../telemetry/logger.js';
import { Pages } from '../pages.js';
import { loginModel } from './login-model.js';

/** What a login page says beside the ways that there are. */
interface Saying {
  readonly status?: number;
  readonly problem?: string;
  readonly name?: string;
}

/** Shows the login page, and writes down who was not let in. */
@Injectable()
export class LoginPages {
  constructor(
    private readonly pages: Pages,
    @Inject(CONFIG) private readonly config: Pick<Config, 'access'>,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /** The page with the ways to log in. */
  show(request: FastifyRequest, reply: FastifyReply, next: string, { status = 200, ...saying }: Saying = {}): string {
    const page = { view: 'login', title: 'Log in', status, bare: true };
    return this.pages.show(request, reply, page, loginModel(this.config.access, next, saying));
  }

  /** Writes down that somebody was not let in. */
  refused(way: 'local' | 'oidc', request: FastifyRequest, why: Readonly<Record<string, unknown>>): void {
    this.log.warn({ way, from: clientAddress(request), ...why }, 'a login was refused');
  }
}
