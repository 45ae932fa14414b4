import type { Cluster, Redis } from 'ioredis';

/**
 * Checks that Redis keeps what it acknowledges, as FIREBREAK_DURABILITY promises.
 *
 * @param redis a connection that is ready
 * @param durability what was promised
 * @returns everything that is wrong, each with what to do; empty when all is well or when Redis doesn't tell
 */
export async function durabilityProblems(
  redis: Redis | Cluster,
  durability: 'durable' | 'standard' | 'ha',
): Promise<string[]> {
  const settings = await readSettings(redis);
  const problems: string[] = [];
  const wants = (name: string, value: string, why: string): void => {
    const is = settings.get(name);
    if (is !== undefined && is !== value) problems.push(`Redis has ${name} ${is}, needed is ${value}: ${why}`);
  };
  wants('maxmemory-policy', 'noeviction', 'any other policy throws executions away when memory is short');
  if (durability === 'standard') return problems;
  const orStandard =
    'set it with CONFIG SET, or say FIREBREAK_DURABILITY=standard and accept that the last second can be lost';
  wants('appendonly', 'yes', orStandard);
  wants('appendfsync', 'always', orStandard);
  return problems;
}

/** Managed services refuse CONFIG; then nothing is known and nothing is wrong. */
async function readSettings(redis: Redis | Cluster): Promise<Map<string, string>> {
  const settings = new Map<string, string>();
  for (const name of ['maxmemory-policy', 'appendonly', 'appendfsync']) {
    const answer: unknown = await redis.config('GET', name).catch(() => []);
    if (Array.isArray(answer) && typeof answer[1] === 'string') settings.set(name, answer[1]);
  }
  return settings;
}
