import type { Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Config } from '../config.js';
import { CONFIG } from '../parts.js';
import { AccessGuard } from './access-guard.js';
import type { Authenticator } from './authenticator.js';
import { Callers } from './callers.js';
import { isOpen } from './is-open.js';
import { People } from './people.js';
import { TokenAuthenticator, tokenIdentity } from './token-authenticator.js';

type Settings = Pick<Config, 'tokens' | 'access'>;

/** The ways in which callers show who they are, in the order in which they are tried. */
function waysOf({ tokens }: Settings): Authenticator[] {
  return [new TokenAuthenticator(tokens)];
}

/** What the application needs so that every handler is guarded. */
export const ACCESS_PROVIDERS: Provider[] = [
  {
    provide: People,
    useFactory: (config: Settings) =>
      new People(config.access, config.tokens.map(tokenIdentity), async () => [], isOpen(config)),
    inject: [CONFIG],
  },
  {
    provide: Callers,
    useFactory: (config: Settings, people: People) => new Callers(waysOf(config), people, isOpen(config)),
    inject: [CONFIG, People],
  },
  { provide: APP_GUARD, useClass: AccessGuard },
];
