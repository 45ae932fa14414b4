import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Callers } from '../access/callers.js';
import { identifyCallers } from '../access/identify-callers.js';
import { isOpen } from '../access/is-open.js';
import type { Config } from '../config.js';
import { refuseOtherOrigins } from '../http/same-origin.js';
import { CONFIG } from '../parts.js';
import { ApiDescription } from './api-description.js';

/** How the application must be created, beside `fastifyAdapter()`: bodies are parsed by our own parser only. */
export const APP_OPTIONS = { bodyParser: false } as const;

/** Adds what depends on settings to an application that was created and is not yet listening. */
export async function prepareApp(app: NestFastifyApplication): Promise<void> {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const config = app.get<Pick<Config, 'publicUrl' | 'tokens' | 'access'>>(CONFIG);
  refuseOtherOrigins(fastify, config.publicUrl, !isOpen(config));
  identifyCallers(fastify, app.get(Callers));
  app.get(ApiDescription).describe(app);
}
