import { startStandIn, type SeenRequest, type StandInAnswer } from './stand-in.js';

/** People who are logged in to the stand-in, by their role in organisation 1; `elsewhere` is a member of organisation 2 only. */
const PEOPLE = {
  viewer: { login: 'vera', orgs: [{ orgId: 1, name: 'Main Org.', role: 'Viewer' }] },
  editor: { login: 'edith', orgs: [{ orgId: 1, name: 'Main Org.', role: 'Editor' }] },
  admin: {
    login: 'ada',
    orgs: [
      { orgId: 2, name: 'Other', role: 'Viewer' },
      { orgId: 1, name: 'Main Org.', role: 'Admin' },
    ],
  },
  none: { login: 'nora', orgs: [{ orgId: 1, name: 'Main Org.', role: 'None' }] },
  elsewhere: { login: 'ella', orgs: [{ orgId: 2, name: 'Other', role: 'Admin' }] },
} as const;

/** Sessions with which Grafana does something else than to tell whose they are. */
const ODD = ['rotated', 'slow', 'broken', 'rubbish', 'page', 'redirected', 'huge', 'half', 'dropped'] as const;

/** Whose session it is, or what Grafana makes of it. */
export type RigSession = keyof typeof PEOPLE | (typeof ODD)[number];

/** A real HTTP server that answers `/api/user` and `/api/user/orgs` the way Grafana does. */
export interface RigGrafana {
  readonly url: string;
  /** All questions in their order. */
  readonly seen: readonly SeenRequest[];
  /** The header `Cookie` of a browser with this session. */
  readonly cookie: (session: RigSession) => string;
  readonly close: () => Promise<void>;
}

/**
 * Starts a stand-in for Grafana's API on a free port of 127.0.0.1.
 *
 * @param name of the session cookie
 * @param path below which Grafana lives, such as `/grafana`
 */
export async function startGrafana(name = 'grafana_session', path = ''): Promise<RigGrafana> {
  const server = await startStandIn((request) => answer(request, name, path));
  return {
    url: `${server.url}${path}`,
    seen: server.seen,
    cookie: (session) => `${name}=${VALUE}${session}`,
    close: server.close,
  };
}

/** As long as Grafana's own, which are hexadecimal. */
const VALUE = '5e3f1c0a9b8d7c6e5f4a3b2c1d0e9f8a-';

function answer({ method, path, headers }: SeenRequest, name: string, below: string): StandInAnswer {
  const cookies = String(headers['cookie'] ?? '').split('; ');
  const session = cookies.find((one) => one.startsWith(`${name}=${VALUE}`))?.slice(name.length + 1 + VALUE.length);
  if (method !== 'GET') return { status: 405, text: '' };
  if (path !== `${below}/api/user` && path !== `${below}/api/user/orgs`) return { status: 404, text: '{}' };
  const person = personOf(session);
  if (person !== undefined) return { status: 200, json: path.endsWith('orgs') ? [...person.orgs] : userOf(person) };
  return odd(session, path.endsWith('orgs'));
}

function odd(session: string | undefined, isSecond: boolean): StandInAnswer {
  switch (ODD.find((one) => one === session)) {
    case undefined:
      return unauthorized('session.token.not-found');
    case 'rotated':
      return unauthorized('session.token.rotate');
    case 'slow':
      return 'silent';
    case 'broken':
      return { status: 500, json: { message: 'Internal Server Error' } };
    case 'rubbish':
      return { status: 200, json: { login: ['vera'], orgs: 1 } };
    case 'page':
      return { status: 200, headers: { 'content-type': 'text/html' }, text: '<!doctype html><title>Grafana</title>' };
    case 'redirected':
      return { status: 302, headers: { location: '/api/user' } };
    case 'huge':
      return { status: 200, json: { login: 'vera', about: 'x'.repeat(1_000_000) } };
    case 'half':
      return isSecond ? { status: 502, text: 'Bad Gateway' } : { status: 200, json: userOf(PEOPLE.admin) };
    case 'dropped':
      return 'dropped';
  }
}

function personOf(session: string | undefined): (typeof PEOPLE)[keyof typeof PEOPLE] | undefined {
  return Object.entries(PEOPLE).find(([name]) => name === session)?.[1];
}

function userOf({ login }: { readonly login: string }) {
  const person = {
    id: login.length,
    uid: `u-${login}`,
    login,
    name: login.toUpperCase(),
    email: `${login}@Example.org`,
  };
  return {
    ...person,
    theme: '',
    orgId: 1,
    isGrafanaAdmin: false,
    isDisabled: false,
    authLabels: [],
    isExternal: false,
  };
}

function unauthorized(messageId: string): StandInAnswer {
  return { status: 401, json: { extra: null, message: 'Unauthorized', messageId, statusCode: 401, traceID: '' } };
}
