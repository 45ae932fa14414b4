import type { AccessSettings } from '../config/access.js';
import type { Token } from '../config/tokens.js';
import type { Instant } from '../core/alert.js';
import type { Authenticator } from './authenticator.js';
import { GrafanaApi } from './grafana/grafana-api.js';
import { GrafanaAuthenticator } from './grafana/grafana-authenticator.js';
import { GrafanaSessions } from './grafana/grafana-sessions.js';
import { JwtAuthenticator } from './jwt/jwt-authenticator.js';
import { proxyAddresses } from './proxy/proxy-addresses.js';
import { ProxyCertificates } from './proxy/proxy-certificates.js';
import { ProxyUsers } from './proxy/proxy-users.js';

interface Settings {
  readonly tokens: readonly Token[];
  readonly access: Pick<AccessSettings, 'proxy' | 'jwt' | 'grafana'>;
}

/** The ways of what stands in front, as far as they are configured: a proxy's certificate, then its user, then a signed token. */
export function vouchedInFront({ tokens, access: { proxy, jwt } }: Settings, now: () => Instant): Authenticator[] {
  const ways: Authenticator[] = [];
  const isProxy = proxyAddresses(proxy?.addresses);
  if (proxy?.certificate !== undefined) ways.push(new ProxyCertificates(proxy.certificate, tokens, isProxy, now));
  if (proxy?.user !== undefined || proxy?.email !== undefined) ways.push(new ProxyUsers(proxy, isProxy));
  if (jwt !== undefined) ways.push(new JwtAuthenticator(jwt, now));
  return ways;
}

/** The way of those who are logged in to Grafana, if that is configured. */
export function vouchedByGrafana(
  { access: { grafana } }: Pick<Settings, 'access'>,
  now: () => Instant,
): Authenticator[] {
  if (grafana === undefined) return [];
  const api = new GrafanaApi(grafana);
  const sessions = new GrafanaSessions((session) => api.whose(session), now, grafana.cacheFor);
  return [new GrafanaAuthenticator(grafana, (session) => sessions.whose(session))];
}
