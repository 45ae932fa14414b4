import type { Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Config } from '../config.js';
import type { Instant } from '../core/alert.js';
import type { Clock } from '../core/clock.js';
import { CLOCK, CONFIG } from '../parts.js';
import { Metrics } from '../telemetry/metrics.js';
import { AccessGuard } from './access-guard.js';
import type { Authenticator } from './authenticator.js';
import { Callers } from './callers.js';
import type { Identity } from './identity.js';
import { isOpen } from './is-open.js';
import { isStillAsked, SeenPeople } from './sessions/last-seen.js';
import { localIdentity } from './local/local-login.js';
import { People } from './people.js';
import { SESSION_PROVIDERS } from './sessions/session-providers.js';
import { SessionAuthenticator } from './sessions/session-authenticator.js';
import { SlackAuthenticator } from './signatures/slack-authenticator.js';
import { SignatureAuthenticator } from './signatures/signature-authenticator.js';
import { countsAt, TokenAuthenticator, tokenIdentity } from './tokens/token-authenticator.js';
import { StillAllowed } from './still-allowed.js';
import { TokenEndings } from './tokens/token-endings.js';
import { vouchedByGrafana, vouchedInFront } from './vouched.js';

type Settings = Pick<Config, 'tokens' | 'access'>;

const WAYS = Symbol('Ways');

/** The ways in which callers show who they are, in the order in which they are tried. */
function waysOf(
  { tokens, access }: Settings,
  clock: Clock,
  metrics: Metrics,
  session: SessionAuthenticator,
  people: People,
): Authenticator[] {
  const now = (): Instant => clock.now();
  return [
    new SignatureAuthenticator(access.signatures, now),
    new SlackAuthenticator(access.slack, people, now),
    new TokenAuthenticator(tokens, now, metrics.tokenUsed),
    ...vouchedInFront({ tokens, access }, now),
    session,
    ...vouchedByGrafana({ access }, now),
  ];
}

/** Accounts that are configured themselves, as they count now. */
function standing({ tokens, access }: Settings, clock: Clock): Identity[] {
  return [
    ...tokens.filter((token) => countsAt(token, clock.now())).map(tokenIdentity),
    ...access.local.map(localIdentity),
  ];
}

/** What the application needs so that every handler is guarded. */
export const ACCESS_PROVIDERS: Provider[] = [
  {
    provide: People,
    useFactory: (config: Settings, clock: Clock, seen: SeenPeople) =>
      new People(
        config.access,
        () => standing(config, clock),
        async (name) => (await seen.lastSeen(name)).filter(({ account }) => isStillAsked(config.access, account)),
        isOpen(config),
      ),
    inject: [CONFIG, CLOCK, SeenPeople],
  },
  { provide: WAYS, useFactory: waysOf, inject: [CONFIG, CLOCK, Metrics, SessionAuthenticator, People] },
  {
    provide: Callers,
    useFactory: (config: Settings, ways: readonly Authenticator[], people: People, seen: SeenPeople) =>
      new Callers(ways, people, isOpen(config), seen),
    inject: [CONFIG, WAYS, People, SeenPeople],
  },
  ...SESSION_PROVIDERS,
  TokenEndings,
  StillAllowed,
  { provide: APP_GUARD, useClass: AccessGuard },
];
