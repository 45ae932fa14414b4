import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Logins } from '../../access/sessions/logins.js';
import type { NotLoggedIn, OidcProvider } from '../../access/oidc/oidc-provider.js';
import { ownPath } from '../../access/sessions/own-path.js';
import { PASSAGE_MS, Passages } from '../../access/sessions/passages.js';
import { cookieOf, giveCookie, PASSAGE_COOKIE, takeCookie } from '../../access/sessions/session-cookie.js';
import { OIDC_PROVIDER } from '../../access/sessions/session-providers.js';
import { LoginPages } from './login-pages.js';

const SAYINGS: { readonly [because in NotLoggedIn['because']]: { readonly status: number; readonly problem: string } } =
  {
    away: {
      status: 503,
      problem:
        'The identity provider does not answer as it should. Try again in a moment; the log of Firebreak says more.',
    },
    refused: {
      status: 403,
      problem: 'The identity provider did not let you in. Ask whoever runs it whether you may use Firebreak.',
    },
    untrusted: {
      status: 401,
      problem: 'What came back from the identity provider cannot be trusted, so that nobody was let in. Log in again.',
    },
  };

const TOO_LATE = 'This login took too long, was used already, or began in another browser. Log in again.';

/** Lets people in for whom an identity provider vouches. */
@ApiExcludeController()
@Controller('login/oidc')
export class OidcLoginController {
  constructor(
    private readonly pages: LoginPages,
    private readonly logins: Logins,
    private readonly passages: Passages,
    @Inject(OIDC_PROVIDER) private readonly provider: OidcProvider | undefined,
  ) {}

  /** Sends a browser to the identity provider. */
  @Get()
  async depart(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query('next') wanted?: unknown,
  ): Promise<string | undefined> {
    const next = ownPath(wanted);
    if (this.provider === undefined) return goTo(reply, '/login');
    const departure = await this.provider.depart();
    if (!departure.ok) return this.refuse(request, reply, next, departure);
    const { url, state, nonce, verifier } = departure;
    const id = await this.passages.begin({ to: 'login', state, nonce, verifier, next });
    giveCookie(reply, PASSAGE_COOKIE, id, PASSAGE_MS);
    return goTo(reply, url);
  }

  /** Takes a browser back, and lets in whom the provider vouches for. */
  @Get('callback')
  async arrive(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    if (this.provider === undefined) return goTo(reply, '/login');
    const id = cookieOf(request, PASSAGE_COOKIE);
    const passage = id === undefined ? undefined : await this.passages.end(id);
    takeCookie(reply, PASSAGE_COOKIE);
    if (passage?.to !== 'login') return this.pages.show(request, reply, '/', { status: 400, problem: TOO_LATE });
    const at = request.url.indexOf('?');
    const arrival = await this.provider.arrive(at < 0 ? '' : request.url.slice(at), passage);
    if (!arrival.ok) return this.refuse(request, reply, passage.next, arrival);
    const { identity, voucher, idToken } = arrival;
    await this.logins.arrive(request, reply, { identity, voucher, idToken });
    return goTo(reply, passage.next);
  }

  private refuse(request: FastifyRequest, reply: FastifyReply, next: string, { because, detail }: NotLoggedIn): string {
    this.pages.refused('oidc', request, { because, detail });
    return this.pages.show(request, reply, next, SAYINGS[because]);
  }
}

function goTo(reply: FastifyReply, url: string): undefined {
  void reply.header('cache-control', 'no-store').redirect(url, 303);
}
