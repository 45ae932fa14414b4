import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Credentials } from '../access/credentials.js';
import { refuseStrangers } from '../access/refuse-strangers.js';
import type { Config } from '../config.js';
import { refuseOtherOrigins } from '../http/same-origin.js';
import { CONFIG } from '../parts.js';
import { ApiDescription } from './api-description.js';

/** How the application must be created, beside `fastifyAdapter()`: bodies are parsed by our own parser only. */
export const APP_OPTIONS = { bodyParser: false } as const;

/** Adds what depends on settings to an application that was created and is not yet listening. */
export function prepareApp(app: NestFastifyApplication): void {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const { publicUrl, tokens } = app.get<Pick<Config, 'publicUrl' | 'tokens'>>(CONFIG);
  refuseOtherOrigins(fastify, publicUrl, tokens.length > 0);
  refuseStrangers(fastify, app.get(Credentials));
  app.get(ApiDescription).describe(app);
}
