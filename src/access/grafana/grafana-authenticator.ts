import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { GrafanaSettings } from '../../config/access/grafana.js';
import { FirebreakError } from '../../core/errors.js';
import type { Authenticator, Shown } from '../authenticator.js';
import type { GrafanaSays, GrafanaUser } from './grafana-api.js';
import { sessionCookie } from './grafana-cookie.js';
import { everywhere } from '../role-grant.js';
import { verifiedEmail } from '../verified-email.js';

type Asked = Pick<FastifyRequest, 'method' | 'headers'>;

/** Who knows whose a session of Grafana is. */
export type Whose = (session: string) => Promise<GrafanaSays>;

/** Knows people by the session that their browser has with a Grafana under the same origin. */
export class GrafanaAuthenticator implements Authenticator {
  constructor(
    private readonly settings: Pick<GrafanaSettings, 'cookie' | 'organization' | 'roles' | 'trustEmail'>,
    private readonly whose: Whose,
  ) {}

  /**
   * Takes Grafana's session cookie. A command needs `X-Grafana-Action`, which buttons of dashboards send and no foreign page
   * can make a browser send; without it, as from a form of the console, it needs that form's token.
   */
  async look(request: Asked): Promise<Shown> {
    const cookie = sessionCookie(request.headers.cookie, this.settings.cookie);
    switch (cookie.is) {
      case 'nothing':
        return cookie;
      case 'odd':
        return refused('unauthenticated', 'the cookie of Grafana came twice, or is none');
      case 'one':
        return this.shown(request, cookie.value);
    }
  }

  private async shown(request: Asked, session: string): Promise<Shown> {
    const says = await this.whose(session);
    switch (says.is) {
      case 'away':
        return refused('identity-unavailable', `Grafana ${says.because}, and only Grafana knows whose session this is`);
      case 'refused':
        return refused(
          'unauthenticated',
          'Grafana wants to renew this session, or does not know it: refresh the dashboard, log in to Grafana if it asks for it, and try again',
        );
      case 'user':
        return this.member(says.user, isButton(request) ? {} : { csrf: formTokenOf(session) });
    }
  }

  private member({ login, email, role }: GrafanaUser, form: { readonly csrf?: string }): Shown {
    const { organization, roles, trustEmail } = this.settings;
    if (role === undefined)
      return refused('forbidden', `${login} is no member of Grafana's organisation ${organization}`);
    const table: Readonly<Record<string, readonly string[]>> = roles;
    const grants = everywhere(Object.hasOwn(table, role) ? (table[role] ?? []) : []);
    // not the name that people give themselves in Grafana: nobody may call themselves what somebody else is called here
    const account = `grafana:${login}`;
    const identity = { account, name: account, groups: [], grants, ...(trustEmail ? verifiedEmail(email) : {}) };
    return { is: 'somebody', identity, via: 'grafana', ...form };
  }
}

function isButton({ headers }: Asked): boolean {
  return headers['x-grafana-action'] !== undefined;
}

/** The same in every process, and useless for finding out the session. */
function formTokenOf(session: string): string {
  return createHmac('sha256', session).update('form of the console').digest('base64url');
}

function refused(code: 'unauthenticated' | 'forbidden' | 'identity-unavailable', detail: string): Shown {
  return { is: 'refused', error: new FirebreakError(code, detail) };
}
