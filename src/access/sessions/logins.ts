import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config.js';
import type { Clock } from '../../core/clock.js';
import type { ExecutionStore } from '../../engine/execution-store.js';
import { CLOCK, CONFIG, LOGGER, STORE } from '../../parts.js';
import type { Log } from '../../telemetry/logger.js';
import { SeenPeople } from './last-seen.js';
import { LOCAL_ACCOUNT } from '../local/local-login.js';
import { People } from '../people.js';
import { clientAddress } from '../proxy/proxy-addresses.js';
import { cookieOf, giveCookie, SESSION_COOKIE, takeCookie } from './session-cookie.js';
import { Sessions, type Arrival, type Session } from './sessions.js';

/** What is behind people, beside their sessions. */
@Injectable()
export class Register {
  constructor(
    readonly people: People,
    readonly seen: SeenPeople,
    @Inject(STORE) readonly store: Pick<ExecutionStore, 'governance' | 'outbox'>,
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(LOGGER) readonly log: Log,
  ) {}
}

/** Lets people in for whom somebody vouches, and out again. */
@Injectable()
export class Logins {
  constructor(
    private readonly sessions: Sessions,
    private readonly register: Register,
    @Inject(CONFIG) private readonly config: Pick<Config, 'access'>,
  ) {}

  /** Begins a session under a new id; the one that the browser had until now ends. */
  async arrive(request: FastifyRequest, reply: FastifyReply, arrival: Arrival): Promise<void> {
    const { people, seen } = this.register;
    const { identity } = arrival;
    const { name } = people.of(identity);
    if (identity.account.startsWith(LOCAL_ACCOUNT)) await this.report(name, identity.account, clientAddress(request));
    else await seen.note(name, identity);
    const id = await this.sessions.begin(arrival, cookieOf(request, SESSION_COOKIE));
    giveCookie(reply, SESSION_COOKIE, id, this.config.access.sessions.most);
    this.register.log.info(
      { account: identity.account, person: name, from: clientAddress(request) },
      'somebody logged in',
    );
  }

  /** Ends the session of this browser, and gives it. */
  async leave(request: FastifyRequest, reply: FastifyReply): Promise<Session | undefined> {
    const id = cookieOf(request, SESSION_COOKIE);
    takeCookie(reply, SESSION_COOKIE);
    return id === undefined ? undefined : this.sessions.end(id);
  }

  /** Ends all sessions of an account. */
  async leaveEverywhere(account: string): Promise<void> {
    await this.sessions.endAll(account);
    this.register.log.info({ account }, 'somebody logged out everywhere');
  }

  /** An account for emergencies is used in emergencies, or by somebody who should not have it. */
  private async report(name: string, account: string, address: string): Promise<void> {
    const { store, clock, log } = this.register;
    const from = `${account} by password from ${address}`;
    await store.governance.noteLogin(account, { by: name, from });
    await store.outbox.note({ is: 'break-glass', by: name, from, at: clock.now() });
    log.warn({ account, person: name, from: address }, 'a local account was used: somebody logged in by password');
  }
}
