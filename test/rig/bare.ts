import Fastify from 'fastify';
import { Redis, type Result } from 'ioredis';

/**
 * The bare limit that Firebreak's intake is held against: Fastify, one durable Redis script a body, nothing else. It
 * keeps every alert of the body, as whoever acknowledges it must, and knows no runbooks, episodes or claims.
 * Usage: node dist/test/rig/bare.js <port> <redis url>
 */
const SCRIPT = `
for i = 1, #ARGV do redis.call('XADD', KEYS[1], 'MAXLEN', '~', 100000, '*', 'd', ARGV[i]) end
return #ARGV`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    keep(stream: string, ...alerts: string[]): Result<number, Context>;
  }
}

async function main([port = '0', url = '']: readonly string[]): Promise<void> {
  const redis = new Redis(url);
  redis.defineCommand('keep', { numberOfKeys: 1, lua: SCRIPT });
  const app = Fastify({ bodyLimit: 16 * 1024 * 1024 });
  app.get('/-/ready', async () => ({ ready: true }));
  app.post<{ Body: { alerts: object[] } }>('/api/v1/alert/trigger', async (request, reply) => {
    const kept = await redis.keep('bare', ...request.body.alerts.map((alert) => JSON.stringify(alert)));
    return reply.code(202).send({ alerts: kept });
  });
  await app.listen({ port: Number(port), host: '127.0.0.1' });
}

await main(process.argv.slice(2));
