import * as client from 'openid-client';
import type { AccessSettings } from '../../config/access.js';
import type { Instant } from '../../core/alert.js';
import { isLoopback } from '../../http/same-origin.js';
import type { Identity } from '../identity.js';
import { oidcIdentity, type Claims } from './oidc-identity.js';

type Settings = NonNullable<AccessSettings['oidc']>;

/** Why somebody could not log in: the provider does not answer, it said no, or its answer cannot be trusted. */
export interface NotLoggedIn {
  readonly ok: false;
  readonly because: 'away' | 'refused' | 'untrusted';
  /** For the log. */
  readonly detail: string;
}

/** Where a browser is sent, and what must be known when it comes back. */
export interface Departure {
  readonly ok: true;
  readonly url: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Somebody for whom the provider vouches. */
export interface Vouched {
  readonly ok: true;
  readonly identity: Identity;
  readonly voucher: string;
  readonly idToken: string;
}

/** Where providers send browsers back to. */
export const CALLBACK = '/login/oidc/callback';

/** What an account can be called after. */
const SUBJECT = /^\P{C}{1,255}$/u;

const TIMEOUT_S = 10;
const LOOK_AGAIN_MS = 3_600_000;

/** Changes with the provider: a subject is one person of one provider only. */
export function oidcVoucher({ issuer, clientId }: Pick<Settings, 'issuer' | 'clientId'>): string {
  return `oidc ${issuer} ${clientId}`;
}

/** Talks with the identity provider; what the provider says of itself is asked for at the first login, and again later. */
export class OidcProvider {
  private found: { readonly configuration: client.Configuration; readonly at: Instant } | undefined;
  private looking: Promise<client.Configuration> | undefined;

  /**
   * @param settings of `access.oidc`
   * @param publicUrl under which browsers know this service
   * @param now the time, in milliseconds
   */
  constructor(
    private readonly settings: Settings,
    private readonly publicUrl: string,
    private readonly now: () => Instant,
  ) {}

  /** Makes the address at which somebody logs in: with PKCE, a state and a nonce of its own each time. */
  async depart(): Promise<Departure | NotLoggedIn> {
    try {
      const configuration = await this.configuration();
      const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: this.publicUrl + CALLBACK,
        scope: this.settings.scopes.join(' '),
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      });
      return { ok: true, url: url.href, state, nonce, verifier };
    } catch (error) {
      return { ok: false, because: 'away', detail: detailOf(error) };
    }
  }

  /**
   * Finds out who comes back: the ID token must be signed by the provider, for us, just now, and carry the nonce.
   *
   * @param query with its question mark, as the browser brought it
   */
  async arrive(
    query: string,
    { state, nonce, verifier }: Pick<Departure, 'state' | 'nonce' | 'verifier'>,
  ): Promise<Vouched | NotLoggedIn> {
    try {
      const configuration = await this.configuration();
      const tokens = await client.authorizationCodeGrant(configuration, new URL(this.publicUrl + CALLBACK + query), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined || tokens.id_token === undefined)
        return { ok: false, because: 'untrusted', detail: 'there is no ID token' };
      if (!SUBJECT.test(claims.sub)) return { ok: false, because: 'untrusted', detail: 'the subject is no name' };
      const more = await this.moreOf(configuration, tokens.access_token, claims);
      const identity = oidcIdentity({ ...more, ...claims }, this.settings.groupsClaim);
      return { ok: true, identity, voucher: oidcVoucher(this.settings), idToken: tokens.id_token };
    } catch (error) {
      return { ok: false, because: reasonOf(error), detail: detailOf(error) };
    }
  }

  /** Where somebody logs out at the provider, too, if it can be done there. */
  farewell(idToken: string): string | undefined {
    const { end_session_endpoint: end } = this.found?.configuration.serverMetadata() ?? {};
    if (this.found === undefined || end === undefined) return undefined;
    const back = { post_logout_redirect_uri: `${this.publicUrl}/logged-out`, id_token_hint: idToken };
    return client.buildEndSessionUrl(this.found.configuration, back).href;
  }

  /** Many providers keep their ID tokens small and tell the rest only when asked. */
  private async moreOf(
    configuration: client.Configuration,
    accessToken: string,
    claims: client.IDToken,
  ): Promise<Claims> {
    const wanted = ['name', 'email', 'email_verified', this.settings.groupsClaim];
    const { userinfo_endpoint: endpoint } = configuration.serverMetadata();
    if (endpoint === undefined || wanted.every((name) => claims[name] !== undefined)) return {};
    return client.fetchUserInfo(configuration, accessToken, claims.sub);
  }

  private async configuration(): Promise<client.Configuration> {
    const { found } = this;
    if (found !== undefined && this.now() - found.at < LOOK_AGAIN_MS) return found.configuration;
    // of many who log in at once one asks
    this.looking ??= this.discover().finally(() => (this.looking = undefined));
    // what it said of itself before is better than nothing
    return found === undefined ? this.looking : this.looking.catch(() => found.configuration);
  }

  private async discover(): Promise<client.Configuration> {
    const { clientId, clientSecret } = this.settings;
    const issuer = new URL(this.settings.issuer);
    const insecure = isLoopback(issuer.hostname);
    const found = await client.discovery(issuer, clientId, clientSecret, undefined, {
      timeout: TIMEOUT_S,
      ...(insecure ? { execute: [client.allowInsecureRequests] } : {}),
    });
    const server = found.serverMetadata();
    // what a client is registered for when nobody says otherwise
    const basic = server.token_endpoint_auth_methods_supported?.includes('client_secret_basic') ?? true;
    const manner = basic ? client.ClientSecretBasic(clientSecret) : client.ClientSecretPost(clientSecret);
    const configuration = new client.Configuration(server, clientId, clientSecret, manner);
    configuration.timeout = TIMEOUT_S;
    if (insecure) client.allowInsecureRequests(configuration);
    // the signature counts although the token comes straight from the provider
    client.enableNonRepudiationChecks(configuration);
    this.found = { configuration, at: this.now() };
    return configuration;
  }
}

const NO_ANSWER = ['OAUTH_TIMEOUT', 'OAUTH_ABORT'];

function reasonOf(error: unknown): NotLoggedIn['because'] {
  if (error instanceof client.AuthorizationResponseError) return 'refused';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const unreachable = error instanceof TypeError && error.cause !== undefined;
  const broken = error instanceof client.ClientError && error.cause instanceof Response && error.cause.status >= 500;
  return NO_ANSWER.includes(code) || unreachable || broken ? 'away' : 'untrusted';
}

/** Errors of the client say little by themselves, and their causes hold whole answers. */
function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  const code = 'code' in error ? ` (${String(error.code)})` : '';
  return `${message}${code}${cause instanceof Error ? `: ${cause.message}` : ''}`.slice(0, 300);
}
