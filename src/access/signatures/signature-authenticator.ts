import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SignatureSettings } from '../../config/access/signatures.js';
import { listOf } from '../../config/tokens.js';
import type { Instant } from '../../core/alert.js';
import { ALERT_ADDRESSES } from '../../core/alert-addresses.js';
import type { Authenticator, Shown } from '../authenticator.js';
import type { Caller } from '../caller.js';
import { unknownCaller } from '../callers.js';
import { everywhere } from '../role-grant.js';

/** The only route on which a signature counts. */
const ROUTE = { method: 'POST', url: ALERT_ADDRESSES.webhook } as const;

/** How far a timestamp may be from the time of this service, before and behind. */
export const SIGNATURE_WINDOW_MS = 300_000;

/** What of a request is looked at before its body is read. */
export interface Signed {
  readonly method: string;
  readonly routeOptions: { readonly url?: string | undefined };
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
}

/** A signature that one sender may have made. */
interface Claim {
  readonly sender: SignatureSettings;
  /** What stands before the body in what was signed. */
  readonly before: string;
}

/** Knows senders of alerts by what they sign: the HMAC-SHA256 of the body under a secret that both know. */
export class SignatureAuthenticator implements Authenticator {
  private readonly headers: readonly string[];

  /**
   * @param senders of firebreak.yaml
   * @param now the time by which a timestamp is fresh
   */
  constructor(
    private readonly senders: readonly SignatureSettings[],
    private readonly now: () => Instant,
  ) {
    this.headers = [...new Set(senders.map(({ header }) => header))];
  }

  /** Looks at the headers only: what is wrong with them spares reading the body. */
  look({ method, routeOptions, headers }: Signed): Shown {
    if (method !== ROUTE.method || routeOptions.url !== ROUTE.url) return { is: 'nothing' };
    const [header, ...more] = this.headers.filter((name) => headers[name] !== undefined);
    if (header === undefined) return { is: 'nothing' };
    const shown = headers[header];
    const refused: Shown = { is: 'refused', error: unknownCaller() };
    // one credential and no more: which of two would count?
    if (more.length > 0 || headers['authorization'] !== undefined) return refused;
    if (typeof shown !== 'string' || !/^[0-9a-f]{64}$/.test(shown)) return refused;
    const claims = this.senders.flatMap((sender) => (sender.header === header ? this.claimOf(sender, headers) : []));
    if (claims.length === 0) return refused;
    return { is: 'in-the-body', caller: (body) => callerOf(claims, Buffer.from(shown, 'hex'), body) };
  }

  private claimOf(sender: SignatureSettings, headers: Signed['headers']): Claim[] {
    const stamp = headers[sender.timestampHeader];
    if (stamp === undefined) return sender.requireTimestamp ? [] : [{ sender, before: '' }];
    if (typeof stamp !== 'string' || !/^[1-9]\d{0,11}$/.test(stamp)) return [];
    const isFresh = Math.abs(Number(stamp) * 1_000 - this.now()) <= SIGNATURE_WINDOW_MS;
    return isFresh ? [{ sender, before: `${stamp}:` }] : [];
  }
}

/** A sender is nobody's account, so that nothing that is granted to people of its name makes it more than a sender. */
function callerOf(claims: readonly Claim[], signature: Buffer, body: string): Caller | undefined {
  // all are compared, whether one fits or not, so that the time says nothing
  const [found] = claims
    .flatMap(({ sender, before }) => listOf(sender.secret).map((secret) => ({ sender, before, secret })))
    .filter(({ before, secret }) =>
      timingSafeEqual(createHmac('sha256', secret).update(before).update(body).digest(), signature),
    );
  if (found === undefined) return undefined;
  const { name } = found.sender;
  return { person: { name, account: `signature:${name}`, grants: everywhere(['source']) }, via: 'signature' };
}
