import type { Provider } from '@nestjs/common';
import type { Config } from '../../config.js';
import type { Clock } from '../../core/clock.js';
import { CLOCK, CONFIG } from '../../parts.js';
import { SeenPeople } from './last-seen.js';
import { LocalAccounts } from '../local/local-login.js';
import { OidcProvider } from '../oidc/oidc-provider.js';
import { Passages } from './passages.js';
import { SessionAuthenticator } from './session-authenticator.js';
import { SESSION_STORE, type SessionStore } from './session-store.js';
import { Sessions } from './sessions.js';
import { vouchedToday } from '../vouched-today.js';

type Settings = Pick<Config, 'access' | 'publicUrl'>;

/** The `OidcProvider`, or undefined when none is configured. */
export const OIDC_PROVIDER = Symbol('OidcProvider');

/** What people's logins need, beside a `SESSION_STORE`. */
export const SESSION_PROVIDERS: Provider[] = [
  {
    provide: Sessions,
    useFactory: (store: SessionStore, clock: Clock, { access }: Settings) =>
      new Sessions(store, clock, access.sessions),
    inject: [SESSION_STORE, CLOCK, CONFIG],
  },
  {
    provide: SeenPeople,
    useFactory: (store: SessionStore, clock: Clock) => new SeenPeople(store, clock),
    inject: [SESSION_STORE, CLOCK],
  },
  { provide: Passages, useFactory: (store: SessionStore) => new Passages(store), inject: [SESSION_STORE] },
  {
    provide: SessionAuthenticator,
    useFactory: (sessions: Sessions, { access }: Settings) =>
      new SessionAuthenticator(sessions, (session) => vouchedToday(access, session)),
    inject: [Sessions, CONFIG],
  },
  {
    provide: LocalAccounts,
    useFactory: (store: SessionStore, { access }: Settings) => new LocalAccounts(access.local, store),
    inject: [SESSION_STORE, CONFIG],
  },
  {
    provide: OIDC_PROVIDER,
    useFactory: ({ access, publicUrl }: Settings, clock: Clock) =>
      access.oidc && new OidcProvider(access.oidc, publicUrl, () => clock.now()),
    inject: [CONFIG, CLOCK],
  },
];
