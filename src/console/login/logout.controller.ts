import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { person } from '../../access/caller.js';
import { Logins } from '../../access/sessions/logins.js';
import { NeedsCaller } from '../../access/needs.js';
import type { OidcProvider } from '../../access/oidc/oidc-provider.js';
import { PASSAGE_MS, Passages } from '../../access/sessions/passages.js';
import { cookieOf, giveCookie, PASSAGE_COOKIE, takeCookie } from '../../access/sessions/session-cookie.js';
import { OIDC_PROVIDER } from '../../access/sessions/session-providers.js';
import { Pages } from '../pages.js';

/** Lets people out. */
@ApiExcludeController()
@Controller()
export class LogoutController {
  constructor(
    private readonly pages: Pages,
    private readonly logins: Logins,
    private readonly passages: Passages,
    @Inject(OIDC_PROVIDER) private readonly provider: OidcProvider | undefined,
  ) {}

  /** Ends the login of this browser. */
  @Post('logout')
  @NeedsCaller('any')
  async leave(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const session = await this.logins.leave(request, reply);
    // a form may lead to addresses of our own only (CSP), so that the way to the provider is a link on the next page
    if (session?.idToken !== undefined) {
      const id = await this.passages.begin({ to: 'provider', idToken: session.idToken });
      giveCookie(reply, PASSAGE_COOKIE, id, PASSAGE_MS);
    }
    void reply.header('cache-control', 'no-store').redirect('/logged-out', 303);
  }

  /** Ends every login of this account, in whatever browser. */
  @Post('logout/everywhere')
  @NeedsCaller('any')
  async leaveEverywhere(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.logins.leaveEverywhere(person(request).account);
    await this.leave(request, reply);
  }

  /** Says that one is out, and how to get out at the identity provider, too. */
  @Get('logged-out')
  async left(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const id = cookieOf(request, PASSAGE_COOKIE);
    const passage = id === undefined ? undefined : await this.passages.end(id);
    if (id !== undefined) takeCookie(reply, PASSAGE_COOKIE);
    const farewell = passage?.to === 'provider' ? this.provider?.farewell(passage.idToken) : undefined;
    const model = { farewell: farewell ?? '', provider: farewell === undefined ? '' : new URL(farewell).host };
    return this.pages.show(request, reply, { view: 'logged-out', title: 'Logged out', bare: true }, model);
  }
}
