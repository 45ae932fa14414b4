import type { FastifyRequest } from 'fastify';
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { JwtSettings } from '../../config/access/jwt.js';
import type { Instant } from '../../core/alert.js';
import { FirebreakError } from '../../core/errors.js';
import type { Authenticator, Shown } from '../authenticator.js';
import { unknownCaller } from '../callers.js';
import { identityIn } from './jwt-claims.js';
import { askVoucher } from '../voucher-answer.js';

/** Longer tokens are not looked at. */
const MAX_TOKEN = 8 * 1024;
const TIMEOUT_MS = 3_000;
/** Made-up key ids make us fetch the keys no more often than this. */
const COOLDOWN_MS = 30_000;
const KEYS_FOR_MS = 600_000;
/** While the keys cannot be had, one request in a while waits for them. */
const AWAY_FOR_MS = 1_000;
const CLOCKS_DIFFER_S = 5;

/** Why the keys could not be had. */
class KeysAway extends Error {}

/** Knows people by a token that its issuer has signed, checked with the keys that the issuer publishes. */
export class JwtAuthenticator implements Authenticator {
  private readonly keys: JWTVerifyGetKey;

  constructor(
    private readonly settings: JwtSettings,
    private readonly now: () => Instant,
  ) {
    this.keys = remoteKeys(settings.jwksUrl, now);
  }

  /** Takes the header that the settings name. */
  async look({ headers }: Pick<FastifyRequest, 'headers'>): Promise<Shown> {
    const token = headers[this.settings.header];
    if (token === undefined) return { is: 'nothing' };
    if (typeof token !== 'string' || token.length > MAX_TOKEN) return REFUSED();
    const { issuer, audience, algorithms } = this.settings;
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        issuer,
        audience,
        algorithms,
        clockTolerance: CLOCKS_DIFFER_S,
        currentDate: new Date(this.now()),
        requiredClaims: ['exp'],
      });
      const identity = identityIn(payload, this.settings);
      return identity === undefined ? REFUSED() : { is: 'somebody', identity, via: 'jwt' };
    } catch (error) {
      if (!(error instanceof KeysAway)) return REFUSED();
      const detail = `the issuer of this token ${error.message}, and without its keys nothing that it has signed can be checked`;
      return { is: 'refused', error: new FirebreakError('identity-unavailable', detail) };
    }
  }
}

const REFUSED = (): Shown => ({ is: 'refused', error: unknownCaller() });

/** The issuer's keys: a token that fits none of them is wrong, and keys that cannot be had are nobody's fault. */
function remoteKeys(url: string, now: () => Instant): JWTVerifyGetKey {
  let away = { until: -Infinity, because: '' };
  const fetchKeys = async (address: string, { signal }: { readonly signal: AbortSignal }): Promise<Response> => {
    if (now() < away.until) throw new KeysAway(away.because);
    const answer = await askVoucher(address, {}, signal);
    if (answer.ok && answer.status === 200) return new Response(answer.text);
    away = {
      until: now() + AWAY_FOR_MS,
      because: answer.ok ? `answered with HTTP ${answer.status}` : answer.because,
    };
    throw new KeysAway(away.because);
  };
  const published = createRemoteJWKSet(new URL(url), {
    timeoutDuration: TIMEOUT_MS,
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: KEYS_FOR_MS,
    [customFetch]: fetchKeys,
  });
  return async (header, token) => {
    try {
      return await published(header, token);
    } catch (error) {
      const fits = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];
      if (error instanceof KeysAway || fits.some((kind) => error instanceof kind)) throw error;
      throw new KeysAway('answered with something that is no set of keys');
    }
  };
}
