import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainNoRunbook } from '../../src/core/explain-match.js';
import { RedisExecutionStore } from '../../src/engine/redis-execution-store.js';
import { anAlert } from '../../src/testing/examples.js';
import { builtProgram } from '../rig/project.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { startApi, tokenOf, type ApiApp } from './api-app.js';

const LABELS = { alertname: 'CenterDown', service: 'shop' };

const RUNBOOK = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: cut-over, title: Cut over, owner: team-a }
spec:
  match: ['alertname="CenterDown"', 'center="a"']
  target: 'traffic/{{labels.service}}'
  mode: approve
  steps:
    - { name: out, uses: cut-over-center/haproxy, with: { backend: centers, servers: [{ server: a, state: maint }] } }
`;

describe('firebreak why', () => {
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-cli-why-'));
  let redis: RigRedis;
  let api: ApiApp;
  let url: string;
  beforeAll(async () => {
    redis = await startRedis();
    api = await startApi();
    await api.nest.listen(0, '127.0.0.1');
    url = await api.nest.getUrl();
    mkdirSync(join(folder, 'runbooks'));
    writeFileSync(join(folder, 'runbooks', 'cut-over.yaml'), RUNBOOK);
    writeFileSync(join(folder, 'firebreak.yaml'), "plugins: { cut-over-center: { endpoint: '127.0.0.1:9' } }\n");
  });
  afterAll(async () => {
    await Promise.all([redis.stop(), api.close()]);
    rmSync(folder, { recursive: true });
  });

  const why = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> =>
    new Promise((resolve) => {
      const { FIREBREAK_URL: _url, ...rest } = process.env;
      const settings = { cwd: folder, env: { ...rest, FIREBREAK_REDIS_URL: redis.url, ...env } };
      execFile(process.execPath, [builtProgram('src/cli/main.js'), 'why', ...args], settings, (error, out, complaint) =>
        resolve(`${typeof error?.code === 'number' ? error.code : 0}\n${out}${complaint}`),
      );
    });

  it('needs nothing but Redis, and reads the runbooks where the service reads them', async () => {
    const [commands, subscriber] = [new Redis(redis.url), new Redis(redis.url)];
    const store = new RedisExecutionStore(commands, subscriber);
    const alert = anAlert({ labels: LABELS, startsAt: Date.now() });
    const unmatched = explainNoRunbook([], alert.labels);
    await store.receive([{ receiptId: 'r', source: 'alertmanager', alert, openings: [], refusals: [], unmatched }]);
    await Promise.all([commands.quit(), subscriber.quit()]);
    const answer =
      '0\nNothing was done about CenterDown: no runbook matches, ' +
      'the nearest is cut-over: center is absent, which does not satisfy center="a".\n';
    expect(await why([alert.fingerprint])).toContain(answer);
    expect(await why(['--labels', 'alertname=CenterDown,service=shop'])).toContain(answer);
    expect(await why(['--labels', '{service="shop", alertname="CenterDown"}'])).toContain(answer);
  });

  it('asks a service where one is named', async () => {
    const alerts = [{ status: 'firing', labels: { ...LABELS, runbook: 'careful' }, startsAt: '2026-11-01T11:59:00Z' }];
    const { json } = await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts });
    const env = { FIREBREAK_URL: url, FIREBREAK_TOKEN: tokenOf('viewer') };
    const [{ fingerprint, decisions }] = json.alerts;
    expect(await why([fingerprint], env)).toMatch(/^0\nCenterDown is being answered: careful /);
    expect(await why([decisions[0].executionId], env)).toMatch(/^0\ncareful on traffic\/shop /);
    expect(await why(['--via', 'redis', fingerprint], env)).toMatch(/^1\nfirebreak: nobody knows/);
  });

  it('says what is wrong with the command line, and how to go on where nobody knows the id', async () => {
    expect(await why([])).toContain('64\nfirebreak: a fingerprint, the id of an execution, or --labels is missing');
    expect(await why(['--labels', 'alertname=~"x"'])).toContain('64\nfirebreak: --labels: alertname has no value');
    expect(await why(['--via', 'mail', 'x'])).toContain('64\nfirebreak: --via must be redis or http');
    expect(await why(['0123456789abcdef'])).toMatch(/^1\nfirebreak: nobody knows 0123456789abcdef, .*--labels/);
    expect(await why(['x'], { FIREBREAK_REDIS_URL: 'redis://127.0.0.1:1' })).toMatch(
      /^69\n.*does not answer[^]*--via http/,
    );
  });
});
