import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider, type Configuration } from 'oidc-provider';
import { freePort } from './processes.js';

/** What the provider knows of somebody, beside the subject. */
export type RigClaims = Readonly<Record<string, unknown>>;

/** A real identity provider over HTTP, where everybody logs in by naming a subject. */
export interface RigOidc {
  readonly issuer: string;
  /** Settings for `access.oidc`. */
  readonly settings: { readonly issuer: string; readonly clientId: string; readonly clientSecret: string };
  /** What it says of its people from now on, by their subject. */
  readonly people: Map<string, RigClaims>;
  /** Takes no connections until it is started again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

const CLIENT = { clientId: 'firebreak', clientSecret: 'the-secret-of-the-client' };

/**
 * Starts it.
 *
 * @param publicUrl of the service that people log in to
 */
export async function startOidc(publicUrl: string): Promise<RigOidc> {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const people = new Map<string, RigClaims>();
  const provider = new Provider(issuer, await configurationFor(publicUrl, people));
  const answer = provider.callback();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url?.startsWith('/interaction/') !== true) void answer(request, response);
    else void interact(provider, request, response);
  };
  let server: Server | undefined;
  const start = async (): Promise<void> => {
    if (server !== undefined) return;
    server = createServer(handle).listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const stop = async (): Promise<void> => {
    const ending = server;
    server = undefined;
    if (ending === undefined) return;
    ending.closeAllConnections();
    await new Promise((resolve) => ending.close(resolve));
  };
  await start();
  return { issuer, settings: { issuer, ...CLIENT }, people, start, stop };
}

async function configurationFor(publicUrl: string, people: ReadonlyMap<string, RigClaims>): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [`${publicUrl}/login/oidc/callback`],
        post_logout_redirect_uris: [`${publicUrl}/logged-out`],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'k1', use: 'sig', alg: 'RS256' }] },
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    cookies: { keys: ['not-a-secret-at-all'] },
    claims: { openid: ['sub', 'groups'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        logoutSource: (context, form) => {
          context.body = `<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,">${form}<button form="op.logoutForm" name="logout" value="yes">Log out</button>`;
        },
      },
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ ...people.get(sub), sub }),
    }),
    // whoever logs in has agreed
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        ...(oidc.client === undefined ? {} : { clientId: oidc.client.clientId }),
        ...(oidc.session?.accountId === undefined ? {} : { accountId: oidc.session.accountId }),
      });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  };
}

async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html');
    response.end(
      '<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,"><form method="post"><label>Who? <input name="login"></label><button>Log in</button><button name="no" value="1">Do not</button></form>',
    );
    return;
  }
  const form = new URLSearchParams(await text(request));
  const login = form.get('login') ?? '';
  const result =
    form.get('no') === null
      ? { login: { accountId: login } }
      : { error: 'access_denied', error_description: 'somebody thought better of it' };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}
