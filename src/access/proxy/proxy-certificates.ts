import type { FastifyRequest } from 'fastify';
import type { ProxySettings } from '../../config/access/proxy.js';
import type { Token } from '../../config/tokens.js';
import type { Instant } from '../../core/alert.js';
import type { Authenticator, Shown } from '../authenticator.js';
import { unknownCaller } from '../callers.js';
import type { IsProxy } from './proxy-addresses.js';
import { proxySays } from './proxy-header.js';
import { countsAt, tokenIdentity } from '../tokens/token-authenticator.js';

/** Knows machines by the subject of the certificate that a listed proxy has checked: each stands for one token. */
export class ProxyCertificates implements Authenticator {
  private readonly known: ReadonlyMap<string, Token>;

  /**
   * @param settings which subject is which token
   * @param tokens of firebreak.yaml
   * @param isProxy who is believed
   * @param now the time by which tokens end, also when they are shown like this
   */
  constructor(
    private readonly settings: NonNullable<ProxySettings['certificate']>,
    tokens: readonly Token[],
    private readonly isProxy: IsProxy,
    private readonly now: () => Instant,
  ) {
    this.known = new Map(
      Object.entries(settings.subjects).flatMap(([subject, name]) =>
        tokens.filter((token) => token.name === name).map((token) => [subject, token] as const),
      ),
    );
  }

  /** Takes the subject as a whole; one that is not listed is refused. */
  look(request: Pick<FastifyRequest, 'raw' | 'socket'>): Shown {
    const said = proxySays(request, this.settings.header, this.isProxy);
    if (said.is === 'nothing') return said;
    const token = said.is === 'said' ? this.known.get(said.text) : undefined;
    if (token === undefined || !countsAt(token, this.now())) return { is: 'refused', error: unknownCaller() };
    return { is: 'somebody', identity: tokenIdentity(token), via: 'certificate' };
  }
}
