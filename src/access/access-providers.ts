import type { Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Config } from '../config.js';
import { CONFIG } from '../parts.js';
import { AccessGuard } from './access-guard.js';
import { Credentials } from './credentials.js';

/** What the application needs so that every handler is guarded. */
export const ACCESS_PROVIDERS: Provider[] = [
  {
    provide: Credentials,
    useFactory: (config: Pick<Config, 'tokens'>) => new Credentials(config.tokens),
    inject: [CONFIG],
  },
  { provide: APP_GUARD, useClass: AccessGuard },
];
