import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { freePort } from './processes.js';

/** What the provider makes of an ID token; what it is given would be right. */
export type Twist = (right: RightToken) => Promise<string | undefined> | string | undefined;

/** An ID token as it should be, with the keys to sign another. */
export interface RightToken {
  readonly claims: JWTPayload;
  readonly sign: (claims: JWTPayload, header?: { readonly alg?: string; readonly kid?: string }) => Promise<string>;
  /** Signed by a key that the provider does not name, under the name of the one that it does. */
  readonly forge: (claims: JWTPayload) => Promise<string>;
  /** Signed with the public key as if that were a shared secret. */
  readonly confuse: (claims: JWTPayload) => Promise<string>;
  readonly unsigned: (claims: JWTPayload) => string;
}

/** A provider that lets everybody in at once, and then does with the ID token what the test wants. */
export interface FalseOidc {
  readonly issuer: string;
  twist: Twist;
  stop(): Promise<void>;
}

/** Starts it. */
export async function startFalseOidc(clientId: string): Promise<FalseOidc> {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const [own, other] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('RS256', { extractable: true }),
  ]);
  const publicKey = { ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const nonces = new Map<string, string>();
  const right = (nonce: string): RightToken => {
    const now = Math.floor(Date.now() / 1000);
    const sign: RightToken['sign'] = (claims, { alg = 'RS256', kid = 'k1' } = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(own.privateKey);
    return {
      claims: { iss: issuer, aud: clientId, sub: 'mallory', nonce, iat: now, exp: now + 300 },
      sign,
      forge: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(other.privateKey),
      confuse: (claims) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
          .sign(new TextEncoder().encode(JSON.stringify(publicKey))),
      unsigned: (claims) => new UnsecuredJWT(claims).encode(),
    };
  };
  const served: FalseOidc = { issuer, twist: (token) => token.sign(token.claims), stop: async () => undefined };
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    // it says itself that anything goes
    id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
  };
  const json = (response: ServerResponse, body: unknown): void => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer);
    if (pathname === '/.well-known/openid-configuration') return json(response, metadata);
    if (pathname === '/jwks') return json(response, { keys: [publicKey] });
    if (pathname === '/auth') {
      nonces.set('the-code', searchParams.get('nonce') ?? '');
      const back = new URL(searchParams.get('redirect_uri') ?? '');
      back.search = new URLSearchParams({ code: 'the-code', state: searchParams.get('state') ?? '' }).toString();
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    const idToken = await served.twist(right(nonces.get('the-code') ?? ''));
    json(response, {
      access_token: 'a',
      token_type: 'bearer',
      ...(idToken === undefined ? {} : { id_token: idToken }),
    });
  };
  const server = createServer((request, response) => void handle(request, response)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  served.stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return served;
}
