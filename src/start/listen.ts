import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config.js';

/**
 * Begins to take requests.
 *
 * @returns what keeps it from that, with the setting that says it otherwise; nothing when it listens
 */
export async function listen(
  app: NestFastifyApplication,
  { host, port }: Pick<Config, 'host' | 'port'>,
): Promise<string | undefined> {
  try {
    await app.listen(port, host);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    switch (code) {
      case 'EADDRINUSE':
        return `FIREBREAK_PORT: somebody listens at ${host}:${port} already; end that process, or choose another port`;
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
        return `FIREBREAK_HOST: ${host} is no address of this machine`;
      case 'EACCES':
        return `FIREBREAK_PORT: this user must not listen at ${port}; choose a port from 1024 on`;
    }
    throw error;
  }
}
