import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { post, webhookBody } from '../rig/alert-bodies.js';
import { oraclePermissions, readOracle } from '../rig/oracle-plugin.js';
import { freePort, removeFolder, rigFolder } from '../rig/processes.js';
import { rigProgram } from '../rig/project.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

const runbook = (name: string, alert: string, target: string, guards: string): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Write a line, owner: team-test }
spec:
  match: ['alertname="${alert}"']
  target: '${target}'
  mode: auto
  guards: { cooldown: 0s, ${guards} }
  steps: [{ name: write, uses: oracle/write, with: { name: '{{labels.target}}' } }]
  notify: [webhook/people]
`;
const RUNBOOKS = {
  'one.yaml': runbook(
    'one',
    'Trouble',
    'thing/{{labels.target}}',
    'storm: { distinctTargets: 5, calm: 10s, propose: all }',
  ),
  'all.yaml': runbook('all', 'OnlyForStorms', 'group/of-things', 'storm: off'),
};

const message = z.looseObject({ id: z.string(), event: z.string(), title: z.string(), text: z.string() });
type Message = z.infer<typeof message>;
const page = z.object({ items: z.array(z.looseObject({ id: z.string(), phase: z.string(), mode: z.string() })) });

const storms = z.object({
  items: z.array(z.object({ key: z.string(), proposed: z.object({ executionId: z.string().optional() }).optional() })),
});

/** Keeps whatever is posted to it. */
async function listen(told: Message[]): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      told.push(message.parse(JSON.parse(body)));
      response.writeHead(204).end();
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${port}/people` };
}

describe('a storm, two API and three worker processes', () => {
  const oracle = rigFolder('oracle');
  const log = join(oracle, 'log');
  const told: Message[] = [];
  let redis: RigRedis;
  let people: Server;
  let services: RigService[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    const { server, url } = await listen(told);
    people = server;
    const settings = `plugins: { oracle: { file: ${log} }, webhook: { receivers: { people: { url: '${url}' } } } }\n${oraclePermissions(log)}`;
    const env = { FIREBREAK_REDIS_URL: redis.url, FIREBREAK_PLUGINS: rigProgram('oracle-plugin.js') };
    const start = (role: string) =>
      startService({ runbooks: RUNBOOKS, settings, env: { ...env, FIREBREAK_ROLE: role } });
    services = await Promise.all(['api', 'api', 'worker', 'worker', 'worker'].map(start));
  }, 90_000);
  afterAll(async () => {
    for (const service of services) await service.stop();
    people.close();
    await redis.stop();
    removeFolder(oracle);
  });

  const read = async (path: string): Promise<unknown> => (await fetch(`${services[0]?.url}/api/v1${path}`)).json();
  const executions = async (name: string) => page.parse(await read(`/executions?runbook=${name}`)).items;
  const hit = (n: number) =>
    post(
      services[n % 2]?.url ?? '',
      webhookBody([{ labels: { alertname: 'Trouble', target: `t${n}` }, startsAt: Date.now() }]),
    );
  const said = (words: string): number =>
    services.reduce((sum, service) => sum + service.process().output(1_000).split(words).length - 1, 0);

  it(
    'is proposed once and told once; nothing more is done before people agree; then it ends',
    { timeout: 180_000 },
    async () => {
      await Promise.all(Array.from({ length: 12 }, (_, n) => hit(n)));
      // first what is over as soon as nothing has come for a while
      const [storm] = await waitFor(
        'the storm and what is proposed',
        async () => {
          const { items } = storms.parse(await read('/storms'));
          return items[0]?.proposed !== undefined && items;
        },
        30_000,
      );
      await waitFor('people to hear of it', async () => told.find(({ event }) => event === 'storm'), 30_000);
      await waitFor('the question', async () => told.find(({ event }) => event === 'awaiting-approval'), 30_000);
      expect(await executions('all')).toMatchObject([
        { mode: 'approve', phase: 'awaiting-approval', trigger: 'alert' },
      ]);
      expect(await executions('one')).toHaveLength(5);
      expect(storm).toMatchObject({ key: 'one|', proposed: { executionId: (await executions('all'))[0]?.id } });
      const over = 'the storm is over';
      await waitFor('the end of the storm', async () => (said(over) > 0 ? true : undefined), 60_000);
      await hit(100);
      await waitFor(
        'the next repair',
        async () => (readOracle(log).some(({ name }) => name === 't100') ? true : undefined),
        30_000,
      );
      expect(told.filter(({ event }) => event === 'storm')).toHaveLength(1);
      expect(told.filter(({ event }) => event === 'awaiting-approval')).toHaveLength(1);
      expect([said('a storm: too many'), said(over)]).toEqual([1, 1]);
      expect(readOracle(log).length).toBeLessThanOrEqual(6);
    },
  );
});
