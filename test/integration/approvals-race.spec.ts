import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { webhookBody } from '../rig/alert-bodies.js';
import { oraclePermissions, readOracle } from '../rig/oracle-plugin.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { rigProgram } from '../rig/project.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { NO_GOVERNOR, startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

const AT_ONCE = 200;
const runbook = (name: string, required: number): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Write a line, owner: team-test }
spec:
  match: ['alertname="${name}"']
  target: 'line/{{labels.n}}'
  mode: approve
  approval: { required: ${required} }
  guards: { cooldown: 0s, storm: off }
  steps: [{ name: write, uses: oracle/write, with: { name: '{{labels.n}}' } }]
`;

const secretOf = (name: string): string => `the-secret-token-of-${name}`;
const token = (name: string, role: string): string =>
  `  - { name: ${name}, roles: [${role}], sha256: ${createHash('sha256').update(secretOf(name)).digest('hex')} }`;
const approvers = Array.from({ length: AT_ONCE }, (_, i) => `approver-${i}`);

const opening = z.object({
  alerts: z.tuple([z.object({ decisions: z.tuple([z.object({ executionId: z.string() })]) })]),
});
const view = z.object({
  phase: z.string(),
  outcome: z.string().optional(),
  plan: z.object({ digest: z.string() }).optional(),
});
const journal = z.object({
  items: z.array(z.object({ event: z.object({ type: z.string(), by: z.string().optional() }) })),
});

describe('200 approvals at once, through two processes on one Redis', () => {
  const oracle = rigFolder('oracle');
  const log = join(oracle, 'log');
  let redis: RigRedis;
  let services: RigService[] = [];
  let number = 0;
  beforeAll(async () => {
    redis = await startRedis();
    const tokens = [token('webhook', 'source'), ...approvers.map((name) => token(name, 'approver'))];
    const options = {
      runbooks: { 'one.yaml': runbook('one', 1), 'two.yaml': runbook('two', 2) },
      settings: `plugins: { oracle: { file: ${log} } }\n${oraclePermissions(log)}${NO_GOVERNOR}tokens:\n${tokens.join('\n')}\n`,
      env: { FIREBREAK_REDIS_URL: redis.url, FIREBREAK_PLUGINS: rigProgram('oracle-plugin.js') },
    };
    services = await Promise.all([startService(options), startService(options)]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await redis.stop();
    removeFolder(oracle);
  });

  /** The processes take turns. */
  async function send(who: string, method: 'GET' | 'POST', path: string, body?: string) {
    const url = services[number++ % services.length]?.url ?? '';
    const headers = { authorization: `Bearer ${secretOf(who)}`, 'content-type': 'application/json' };
    const answer = await request(`${url}/api/v1/${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    return { status: answer.statusCode, text: await answer.body.text() };
  }
  const read = async (id: string) => view.parse(JSON.parse((await send('approver-0', 'GET', `executions/${id}`)).text));
  const command = async (who: string, id: string, verb: string, body: object = {}): Promise<number> =>
    (await send(who, 'POST', `executions/${id}/${verb}`, JSON.stringify(body))).status;

  /** An execution that waits for approval. */
  async function asked(name: string, n: string): Promise<{ id: string; digest: string }> {
    const body = webhookBody([{ labels: { alertname: name, n }, startsAt: Date.now() }]);
    const { alerts } = opening.parse(JSON.parse((await send('webhook', 'POST', 'alert/trigger', body)).text));
    const id = alerts[0].decisions[0].executionId;
    const { plan } = await waitFor(
      'a plan',
      async () => {
        const shown = await read(id);
        return shown.phase === 'awaiting-approval' ? shown : undefined;
      },
      30_000,
    );
    return { id, digest: plan?.digest ?? '' };
  }

  /** What the journal says of it, once it has ended. */
  async function story(id: string) {
    const { outcome } = await waitFor(
      'the end',
      async () => {
        const shown = await read(id);
        return shown.phase === 'closed' ? shown : undefined;
      },
      30_000,
    );
    const { text } = await send('approver-0', 'GET', `executions/${id}/journal`);
    const types = journal.parse(JSON.parse(text)).items.map(({ event }) => event.type);
    return { outcome, count: (type: string) => types.filter((one) => one === type).length };
  }
  const effects = (n: string, verb: 'apply' | 'revert') =>
    readOracle(log).filter((line) => line.name === n && line.verb === verb).length;
  const counted = (statuses: readonly number[]) =>
    Object.fromEntries([200, 409].map((status) => [status, statuses.filter((one) => one === status).length]));

  it('I4, I8: by one person: one counts, all are answered 200, and it is done once', async () => {
    const { id, digest } = await asked('one', 'a');
    const statuses = await Promise.all(
      Array.from({ length: AT_ONCE }, () => command('approver-7', id, 'approve', { digest })),
    );
    expect(counted(statuses)).toEqual({ 200: AT_ONCE, 409: 0 });
    const { outcome, count } = await story(id);
    expect([outcome, count('approved'), count('apply-intended'), effects('a', 'apply')]).toEqual([
      'succeeded',
      1,
      1,
      1,
    ]);
  });

  it.each([
    ['one', 1, 'b'],
    ['two', 2, 'c'],
  ])('I4, I8: by 200 persons where %s must agree: %i count, and it is done once', async (name, required, n) => {
    const { id, digest } = await asked(name, n);
    const statuses = await Promise.all(approvers.map((who) => command(who, id, 'approve', { digest })));
    expect(counted(statuses)).toEqual({ 200: required, 409: AT_ONCE - required });
    const { outcome, count } = await story(id);
    expect([outcome, count('approved'), count('apply-intended'), effects(n, 'apply')]).toEqual([
      'succeeded',
      required,
      1,
      1,
    ]);
  });

  it('I8: by 200 persons of another plan: none counts', async () => {
    const { id } = await asked('one', 'd');
    const statuses = await Promise.all(approvers.map((who) => command(who, id, 'approve', { digest: 'f'.repeat(64) })));
    expect(counted(statuses)).toEqual({ 200: 0, 409: AT_ONCE });
    expect([(await read(id)).phase, effects('d', 'apply')]).toEqual(['awaiting-approval', 0]);
  });

  it('I8: against 100 cancellations: whoever is first counts, and nothing cancelled stays in force', async () => {
    const { id, digest } = await asked('one', 'e');
    await Promise.all(
      approvers.map((who, i) =>
        i % 2 === 0 ? command(who, id, 'approve', { digest }) : command(who, id, 'cancel', { reason: 'no' }),
      ),
    );
    const { outcome, count } = await story(id);
    expect(count('approved')).toBeLessThanOrEqual(1);
    expect(effects('e', 'apply')).toBe(count('apply-intended'));
    expect(effects('e', 'apply') - effects('e', 'revert')).toBe(outcome === 'succeeded' ? 1 : 0);
  });
});
