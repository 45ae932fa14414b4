import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { RigGrafana } from '../rig/grafana.js';
import type { RigOidc } from '../rig/oidc.js';
import { NIGHT } from './login-kit.js';

/** A secret that is found again wherever it gets to. */
export const canary = (what: string): string => `canary-${what}-9f3c1ab27e`;

/** Of a machine that may do everything. */
export const TOKEN = canary('token');
/** The password of Redis. */
export const REDIS = canary('redis-password');
/** With which alerts are signed. */
export const SIGNATURE = canary('signature-secret');
/** With which Slack signs. */
export const SLACK = canary('slack-signing-secret');
/** The token of a receiver, with what JSON writes otherwise. */
export const PLUGIN = canary('plugin-"quoted\\-token');
/** Where messages go; many services put the credential into it. */
export const ADDRESS = canary('notifier-address');
/** A token that nobody has signed. */
export const JWT = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(canary('jwt')).toString('base64url')}.x`;

/**
 * firebreak.yaml with every kind of secret.
 *
 * @param told port of the receiver of messages
 */
export function canarySettings(folder: string, told: number, oidc: RigOidc, grafana: RigGrafana): string {
  const { issuer, clientId, clientSecret } = oidc.settings;
  return `
plugins:
  practice: { file: ${join(folder, 'lamps.json')} }
  webhook: { receivers: { oncall: { url: 'http://127.0.0.1:${told}/${ADDRESS}', token: ${JSON.stringify(PLUGIN)} } } }
notify: { routes: [{ to: [webhook/oncall] }] }
tokens:
  - { name: robot, sha256: ${createHash('sha256').update(TOKEN).digest('hex')}, roles: [admin] }
access:
  oidc: { issuer: '${issuer}', clientId: ${clientId}, clientSecret: ${clientSecret} }
  grafana: { url: '${grafana.url}' }
  jwt: { issuer: 'https://x.example/', audience: a, jwksUrl: 'http://localhost:${new URL(issuer).port}/jwks' }
  local: [{ name: night, password: '${NIGHT.password}', roles: [admin] }]
  signatures: [{ name: grafana, secret: '\${SIGNATURE_SECRET}' }]
  slack: { signingSecret: ${SLACK} }
  people: [{ name: grace, accounts: ['slack:T01/U0GRACE'], roles: [approver] }]
  grants: [{ roles: [admin], groups: [sre] }]
`;
}

/** Everything that can be read, for somebody who may do everything; `id` is of an execution. */
export const readable = (id: string): readonly string[] => [
  '/',
  '/executions',
  `/executions/${id}`,
  `/executions/${id}/approve`,
  '/alerts',
  '/runbooks',
  '/runbooks/practice',
  '/pauses',
  '/plugins',
  '/settings',
  '/audit',
  '/audit/verify',
  '/audit/export',
  '/account',
  '/centers',
  '/nothing',
  '/metrics',
  '/-/ready',
  '/api/openapi.json',
  '/api/docs',
  '/api/v1/executions',
  `/api/v1/executions/${id}`,
  `/api/v1/executions/${id}/journal`,
  `/api/v1/executions/${id}/export`,
  `/api/v1/why/${id}`,
  '/api/v1/messages',
  '/api/v1/leases',
  '/api/v1/runbooks',
  '/api/v1/plugins',
  '/api/v1/decisions',
  '/api/v1/audit?limit=100',
  '/api/v1/pauses',
  '/api/v1/centers',
  '/api/v1/topology',
];

/** Everything that stands in Redis, keys and values. */
export async function everythingInRedis(redisUrl: string): Promise<string> {
  const client = new Redis(redisUrl);
  try {
    const found: string[] = [];
    for (const key of await client.keys('*')) {
      const kind = await client.type(key);
      const values: Readonly<Record<string, () => Promise<unknown>>> = {
        string: () => client.get(key),
        hash: () => client.hgetall(key),
        list: () => client.lrange(key, 0, -1),
        set: () => client.smembers(key),
        zset: () => client.zrange(key, '0', '-1'),
        stream: () => client.xrange(key, '-', '+'),
      };
      const read = values[kind];
      if (read === undefined) throw new Error(`${key} is of a kind that is not read here: ${kind}`);
      found.push(key, JSON.stringify(await read()));
    }
    return found.join('\n');
  } finally {
    await client.quit();
  }
}
