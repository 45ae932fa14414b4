import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startAlertmanager, type RigAlertmanager } from '../rig/alertmanager.js';
import { startHaproxy, type RigHaproxy } from '../rig/haproxy.js';
import { startNginx } from '../rig/nginx.js';
import { freePort, removeFolder, rigFolder } from '../rig/processes.js';
import { rigProgram, writeInto } from '../rig/project.js';
import { queryNow } from '../rig/prometheus-query.js';
import { startPrometheus, type RigPrometheus } from '../rig/prometheus.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { exchange } from '../rig/exchange.js';
import { waitFor } from '../rig/wait-for.js';

describe('the rig', () => {
  let redis: RigRedis;
  let haproxy: RigHaproxy;
  let prometheus: RigPrometheus;
  let alertmanager: RigAlertmanager;
  const secrets = rigFolder('secrets');

  beforeAll(async () => {
    const nobody = `127.0.0.1:${await freePort()}`;
    const tokenFile = writeInto(secrets, 'token', 'secret');
    [redis, haproxy, alertmanager] = await Promise.all([
      startRedis(),
      startHaproxy({ a: nobody, b: nobody }),
      startAlertmanager(nobody, tokenFile),
    ]);
    prometheus = await startPrometheus('prometheus', {
      centerA: nobody,
      centerB: nobody,
      haproxyMetrics: haproxy.metrics,
      blackbox: nobody,
      alertmanager: alertmanager.address,
      firebreak: nobody,
      tokenFile,
    });
  });

  afterAll(async () => {
    await Promise.all([redis.stop(), haproxy.stop(), prometheus.stop(), alertmanager.stop()]);
    removeFolder(secrets);
    for (const part of [redis.process(), haproxy.process, prometheus.process, alertmanager.process]) {
      expect(part.isRunning()).toBe(false);
      expect(existsSync(part.folder)).toBe(false);
    }
  });

  it('has a Redis that keeps what it acknowledged through kill -9', async () => {
    const tell = (text: string): Promise<string> =>
      exchange({ host: '127.0.0.1', port: redis.port }, `${text}\r\nQUIT\r\n`);
    await tell('SET kept yes');
    await redis.kill();
    await redis.restart();
    expect(await tell('GET kept')).toContain('yes');
    expect(await tell('CONFIG GET maxmemory-policy')).toContain('noeviction');
  });

  it('has a HAProxy whose runtime API switches the standby in', async () => {
    const state = async (): Promise<string | undefined> =>
      (await haproxy.tell('show stat')).split('\n').find((line) => line.startsWith('centers,b,'));
    expect(await state()).toContain(',MAINT,');
    expect(await haproxy.tell('set server centers/b state ready')).toBe('');
    expect(await state()).not.toContain(',MAINT,');
  });

  it('has a Prometheus that sees HAProxy and raises the alert of deploy/ in Alertmanager', async () => {
    await waitFor(
      'HAProxy to be scraped',
      async () => (await queryNow(prometheus.url, 'up{job="haproxy"} == 1'))[0],
      30_000,
    );
    const alerts = await waitFor(
      'the alert in Alertmanager',
      async () => {
        const answer = await fetch(`${alertmanager.url}/api/v2/alerts?filter=alertname%3D%22CenterDown%22`);
        const list = z.array(z.object({ labels: z.record(z.string(), z.string()) })).parse(await answer.json());
        return list.length === 2 && list;
      },
      30_000,
    );
    expect(new Set(alerts.map((alert) => alert.labels['center']))).toEqual(new Set(['a', 'b']));
    expect(alerts[0]?.labels).toMatchObject({ runbook: 'cut-over-center', severity: 'critical', service: 'shop' });
  });
});

/** Firebreak answers to strangers there, or would if the path were read otherwise than nginx reads it. */
const NOT_FOR_BUTTONS = ['metrics', '-/ready', 'login', 'login/local', '', 'prometheus/api/v1/query', 'API/v1/pauses']
  .concat('%61pi/v1/pauses', '/api/v1/pauses', 'api', 'api%2fv1/pauses', '%6detrics', 'metrics?/firebreak/api/')
  .map((path) => `/firebreak/${path}`)
  .concat('/grafana/firebreak/metrics', '/%66irebreak/metrics', '/d//firebreak/metrics', '//firebreak/metrics');
const NOT_THERE = expect.stringMatching(/404 Not Found|^grafana /);

describe('nginx', () => {
  it('S3: serves the API of Firebreak below /firebreak/ and nothing else of it, and Grafana everywhere else', async () => {
    const echo = (name: string): Server =>
      createServer((request, response) => response.end(`${name} ${request.method} ${request.url}`));
    const [grafana, firebreak] = [echo('grafana'), echo('firebreak')];
    const [grafanaPort, firebreakPort] = [await listen(grafana), await listen(firebreak)];
    const nginx = await startNginx({
      grafana: `127.0.0.1:${grafanaPort}`,
      firebreak: `127.0.0.1:${firebreakPort}`,
    });
    try {
      const ask = async (path: string): Promise<string> =>
        (await fetch(`${nginx.url}${path}`, { method: 'POST', body: '{}' })).text();
      expect(await ask('/firebreak/api/v1/executions/x%2Fy/approve?reason=a%20b')).toBe(
        'firebreak POST /api/v1/executions/x%2Fy/approve?reason=a%20b',
      );
      expect(await ask('/grafana/firebreak/api/v1/pauses')).toBe('firebreak POST /api/v1/pauses');
      expect(await ask('/grafana/d/firebreak/x')).toBe('grafana POST /grafana/d/firebreak/x');
      expect(await ask('/d/firebreak')).toBe('grafana POST /d/firebreak');
      for (const path of NOT_FOR_BUTTONS) expect([path, await ask(path)]).toEqual([path, NOT_THERE]);
    } finally {
      await nginx.stop();
      grafana.close();
      firebreak.close();
    }
  });
});

describe('the guardian', () => {
  it('stops everything and removes the folders when the process that started them is killed with SIGKILL', async () => {
    const parent = spawn(process.execPath, [rigProgram('hold-open.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const started = await new Promise<string>((resolve, reject) => {
      createInterface(parent.stdout).once('line', resolve);
      parent.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    });
    const [redisPort, center, folder = ''] = started.split(' ');
    const redisAnswers = (): Promise<boolean> =>
      exchange({ host: '127.0.0.1', port: Number(redisPort) }, 'PING\r\nQUIT\r\n').then(
        () => true,
        () => false,
      );
    expect(await redisAnswers()).toBe(true);
    expect(existsSync(folder)).toBe(true);

    parent.kill('SIGKILL');

    await waitFor('Redis to be killed', async () => !(await redisAnswers()), 30_000);
    await waitFor('its folder to be removed', () => !existsSync(folder), 30_000);
    await waitFor(
      'the centre to be gone',
      () =>
        fetch(`http://${center}/`).then(
          () => false,
          () => true,
        ),
      30_000,
    );
  });
});

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : 0);
    });
  });
}
