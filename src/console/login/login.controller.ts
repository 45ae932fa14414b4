import { Body, Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isOpen } from '../../access/is-open.js';
import { LOCAL_ACCOUNT, LocalAccounts } from '../../access/local/local-login.js';
import { Logins } from '../../access/sessions/logins.js';
import { ownPath } from '../../access/sessions/own-path.js';
import { SessionAuthenticator } from '../../access/sessions/session-authenticator.js';
import { readBody } from '../../api/read-request.js';
import { clientAddress } from '../../access/proxy/proxy-addresses.js';
import type { Config } from '../../config.js';
import { CONFIG } from '../../parts.js';
import { LoginPages } from './login-pages.js';

const localSchema = z.strictObject({
  name: z.string().max(100),
  password: z.string().max(500),
  next: z.string().optional(),
});

/** Where people log in, and the form for local accounts. */
@ApiExcludeController()
@Controller('login')
export class LoginController {
  constructor(
    private readonly pages: LoginPages,
    private readonly logins: Logins,
    private readonly accounts: LocalAccounts,
    private readonly session: SessionAuthenticator,
    @Inject(CONFIG) private readonly config: Pick<Config, 'tokens' | 'access'>,
  ) {}

  /** Shows which ways there are; whoever is logged in already is sent on. */
  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query('next') wanted?: unknown,
  ): Promise<string | undefined> {
    const next = ownPath(wanted);
    if (isOpen(this.config) || (await this.session.look(request)).is === 'somebody') {
      void reply.header('cache-control', 'no-store').redirect(next, 303);
      return undefined;
    }
    return this.pages.show(request, reply, next);
  }

  /** Lets somebody in by name and password. */
  @Post('local')
  async local(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<string | undefined> {
    const { name, password, next: wanted } = readBody(localSchema, body);
    const next = ownPath(wanted);
    if (this.config.access.local.length === 0) return this.pages.show(request, reply, next, { status: 404 });
    const login = await this.accounts.logIn(name, password, clientAddress(request));
    switch (login.is) {
      case 'somebody':
        await this.logins.arrive(request, reply, login);
        void reply.header('cache-control', 'no-store').redirect(next, 303);
        return undefined;
      case 'nobody':
        this.pages.refused('local', request, { account: this.known(name) });
        return this.pages.show(request, reply, next, {
          status: 401,
          name,
          problem: 'This name and this password do not belong together.',
        });
      case 'too-many': {
        const seconds = Math.max(1, Math.ceil(login.againInMs / 1000));
        if (login.first) this.pages.refused('local', request, { account: this.known(name), tooMany: true });
        void reply.header('retry-after', seconds);
        return this.pages.show(request, reply, next, {
          status: 429,
          name,
          problem: `Too many attempts for this name or from this address: try again in ${seconds} seconds.`,
        });
      }
    }
  }

  /** A name that nobody has may be a password in the wrong field. */
  private known(name: string): string {
    return this.config.access.local.some((one) => one.name === name) ? `${LOCAL_ACCOUNT}${name}` : 'unknown';
  }
}
