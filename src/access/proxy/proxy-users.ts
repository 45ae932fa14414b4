import type { FastifyRequest } from 'fastify';
import type { ProxySettings } from '../../config/access/proxy.js';
import { FirebreakError } from '../../core/errors.js';
import { isReading } from '../../http/same-origin.js';
import type { Authenticator, Shown } from '../authenticator.js';
import type { Identity } from '../identity.js';
import type { IsProxy } from './proxy-addresses.js';
import { proxySays, type ProxySays } from './proxy-header.js';
import { verifiedEmail } from '../verified-email.js';

const USER = /^\P{C}{1,200}$/u;
const MOST_GROUPS = 500;

/** Knows people whom a listed proxy names in headers. */
export class ProxyUsers implements Authenticator {
  constructor(
    private readonly settings: Pick<ProxySettings, 'user' | 'email' | 'groups'>,
    private readonly isProxy: IsProxy,
  ) {}

  /** Takes the user's header, or, without one, the header with the address. */
  look(request: Pick<FastifyRequest, 'raw' | 'socket' | 'method' | 'headers'>): Shown {
    const said = (header: string | undefined): ProxySays =>
      header === undefined ? { is: 'nothing' } : proxySays(request, header, this.isProxy);
    const { user, email, groups } = this.settings;
    const [who, address, memberOf] = [said(user), said(email), said(groups)];
    if ([who, address, memberOf].some(({ is }) => is === 'twice'))
      return refused('unauthenticated', 'a header of the proxy came twice');
    const name = textOf(user === undefined ? address : who);
    if (name === '') return { is: 'nothing' };
    if (!USER.test(name)) return refused('unauthenticated', 'what the proxy says is no name of a user');
    // a browser logs in to the proxy by itself, also for a foreign page; only with an origin can that be told
    if (!isReading(request.method) && request.headers.origin === undefined)
      return refused(
        'forbidden',
        'behind this proxy a command must say from which page it comes; programs use a token',
      );
    return { is: 'somebody', identity: identityOf(name, textOf(address), textOf(memberOf)), via: 'proxy' };
  }
}

function identityOf(user: string, email: string, groups: string): Identity {
  const account = `proxy:${user}`;
  const list = groups.split(',', MOST_GROUPS).map((group) => group.trim());
  return { account, name: account, ...verifiedEmail(email), groups: list.filter((group) => group !== ''), grants: [] };
}

function textOf(said: ProxySays): string {
  return said.is === 'said' ? said.text : '';
}

function refused(code: 'unauthenticated' | 'forbidden', detail: string): Shown {
  return { is: 'refused', error: new FirebreakError(code, detail) };
}
