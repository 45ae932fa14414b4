import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answersOk } from '../rig/exchange.js';
import { startGrafana, type RigGrafana } from '../rig/grafana.js';
import { startOidc, type RigOidc } from '../rig/oidc.js';
import { startOtlp, type RigOtlp } from '../rig/otlp.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from '../rig/processes.js';
import { builtProgram, projectRoot, writeInto } from '../rig/project.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { csrfOf, Visitor, type Visited } from '../rig/visitor.js';
import { waitFor } from '../rig/wait-for.js';
import {
  canary,
  TOKEN,
  REDIS,
  SIGNATURE,
  SLACK,
  PLUGIN,
  ADDRESS,
  JWT,
  canarySettings,
  everythingInRedis,
  readable,
} from './canary-kit.js';
import { logInAs, NIGHT, NIGHT_PASSWORD } from './login-kit.js';

const FORM = 'application/x-www-form-urlencoded';
const executions = z.object({ items: z.array(z.looseObject({ id: z.string(), phase: z.string() })) });

/** Everything that was planted or made, by what it is; each must be found nowhere. */
const planted = new Map<string, string>([
  ['the secret of a token', TOKEN],
  ['the password of Redis', REDIS],
  ['the secret of signatures', SIGNATURE],
  ['the secret of Slack', SLACK],
  ['the token of a plugin', PLUGIN],
  ['the token of a plugin, as JSON has it', JSON.stringify(PLUGIN).slice(1, -1)],
  ['the address of a notifier', ADDRESS],
  ['the password of a local account', NIGHT_PASSWORD],
  ['the hash of that password', NIGHT.password],
  ['a signed token', JWT],
  ['what stands in a signed token', canary('jwt')],
]);

/** What pages of this very login hold in their own forms, and nothing else does. */
const formTokens = new Map<string, string>();

const folder = rigFolder('canaries');
const seen: { readonly where: string; readonly text: string }[] = [];
const own: { readonly where: string; readonly text: string; readonly token: string }[] = [];
let url: string;
let redis: RigRedis;
let service: RunningProcess;
let grafana: RigGrafana;
let oidc: RigOidc;
let otlp: RigOtlp;
let receiver: Server;
let messages = 0;

beforeAll(async () => {
  const [port, told] = [await freePort(), await freePort()];
  url = `http://localhost:${port}`;
  redis = await startRedis(REDIS);
  // a receiver that does not take what it gets, so that errors name what they can
  receiver = createServer((_request, response) => {
    messages += 1;
    response.writeHead(400).end(`no: ${PLUGIN}`);
  }).listen(told, '127.0.0.1');
  grafana = await startGrafana();
  otlp = await startOtlp();
  oidc = await startOidc(url);
  oidc.people.set('s-ada', { email: 'ada@example.org', email_verified: true, groups: ['sre'] });
  planted.set('the secret of the client', oidc.settings.clientSecret);
  planted.set('a session of Grafana', grafana.cookie('admin').split('=')[1] ?? '');
  const config = writeInto(folder, 'firebreak.yaml', canarySettings(folder, told, oidc, grafana));
  writeInto(folder, 'runbooks/practice.yaml', readFileSync(join(projectRoot, 'runbooks/practice.yaml'), 'utf8'));
  service = await startProcess({
    name: 'service',
    command: process.execPath,
    args: [builtProgram('src/main.js')],
    folder,
    env: {
      FIREBREAK_PORT: String(port),
      FIREBREAK_PUBLIC_URL: url,
      FIREBREAK_REDIS_URL: redis.url,
      FIREBREAK_DATA_DIR: join(folder, 'data'),
      FIREBREAK_RUNBOOKS: join(folder, 'runbooks'),
      FIREBREAK_CONFIG: config,
      FIREBREAK_LOG_LEVEL: 'debug',
      SIGNATURE_SECRET: SIGNATURE,
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_TRACES_SAMPLER: 'always_on',
    },
    ready: () => answersOk(`http://127.0.0.1:${port}/-/ready`),
    readyWithinMs: 60_000,
  });
}, 120_000);

afterAll(async () => {
  await service?.stop();
  await redis?.stop();
  await oidc?.stop();
  await grafana?.close();
  await otlp?.stop();
  receiver?.closeAllConnections();
  receiver?.close();
  removeFolder(folder);
});

/** Asks, and keeps what came back to be looked through. */
async function ask(path: string, init: RequestInit = {}): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(url + path, { redirect: 'manual', ...init });
  const text = await answer.text();
  // the one answer that gives a secret is the cookie of a login, which a visitor takes
  const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  seen.push({ where: `${init.method ?? 'GET'} ${path}: ${answer.status}`, text: `${headers}\n${text}` });
  return { status: answer.status, text };
}

const bearer = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
const post = (path: string, body: unknown, headers: Record<string, string> = bearer) =>
  ask(path, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

const alerts = (lamp: string) => ({
  version: '4',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'FirebreakPractice', lamp },
      annotations: {},
      startsAt: new Date(Date.now() - 1_000).toISOString(),
    },
  ],
});

async function pageOf(visitor: Visitor, path: string, accept = 'text/html'): Promise<Visited> {
  const visited = await visitor.get(url + path, { accept });
  const token = formTokens.get(visitor.cookie(url, '__Host-firebreak') ?? '') ?? '';
  own.push({ where: `page ${path}: ${visited.status}`, text: visited.text, token });
  return visited;
}

/** Notes what a login has made. */
async function keepSecretsOf(visitor: Visitor, what: string): Promise<void> {
  const id = visitor.cookie(url, '__Host-firebreak') ?? '';
  const csrf = csrfOf((await visitor.get(`${url}/account`)).text);
  expect([id.length, csrf.length]).toEqual([43, 43]);
  planted.set(`the session of ${what}`, id);
  formTokens.set(id, csrf);
}

async function attempts(): Promise<void> {
  for (const headers of [
    { authorization: `Bearer ${TOKEN}x` },
    { authorization: `Basic ${Buffer.from(`wrong:${TOKEN}`).toString('base64')}` },
    { authorization: `Bearer ${JWT}` },
    { 'x-grafana-id': JWT },
    { cookie: `${grafana.cookie('admin')}; ${grafana.cookie('admin')}` },
    { cookie: grafana.cookie('broken') },
    { cookie: `__Host-firebreak=${canary('session')}` },
  ])
    for (const path of ['/', '/api/v1/executions']) await ask(path, { headers });
  for (const body of [`{"password": ${NIGHT_PASSWORD}}`, `${NIGHT_PASSWORD}`, { [NIGHT_PASSWORD]: SLACK }, [TOKEN]])
    for (const path of ['/api/v1/pauses', '/api/v1/alert/trigger', '/api/v1/simulations', '/login/local'])
      await withoutEcho(path, body);
  const stamp = String(Math.floor(Date.now() / 1_000));
  const payload = `payload=${encodeURIComponent('{"type":"block_actions"}')}`;
  const slack = createHmac('sha256', SLACK).update(`v0:${stamp}:${payload}`).digest('hex');
  for (const signature of [`v0=${slack}`, SLACK, `v0=${'0'.repeat(64)}`])
    await post('/slack/interactions', payload, {
      'content-type': FORM,
      'x-slack-request-timestamp': stamp,
      'x-slack-signature': signature,
    });
  const signed = JSON.stringify(alerts('signed'));
  for (const signature of [createHmac('sha256', SIGNATURE).update(signed).digest('hex'), SIGNATURE])
    await post('/api/v1/alert/trigger', signed, {
      'content-type': 'application/json',
      'x-grafana-alerting-signature': signature,
    });
  for (const path of ['/login/oidc/callback?code=x&state=y', '/nothing', '/api/%zz', '/api/v1/executions?nothing=1'])
    await ask(path, { headers: bearer });
}

/** What is wrong with a body is said to whoever sent it, in their own words; to nobody else. */
async function withoutEcho(path: string, body: unknown): Promise<void> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(url + path, { method: 'POST', headers: bearer, body: text, redirect: 'manual' });
  expect(answer.status, path).toBeGreaterThanOrEqual(400);
  await answer.text();
}

async function work(): Promise<string> {
  for (const lamp of ['one', 'two']) await post('/api/v1/alert/trigger', alerts(lamp));
  let first: string | undefined;
  await waitFor(
    'a plan that waits',
    async () => {
      const { text } = await ask('/api/v1/executions', { headers: bearer });
      first = executions.parse(JSON.parse(text)).items.find(({ phase }) => phase === 'awaiting-approval')?.id;
      return first;
    },
    30_000,
  );
  await post('/api/v1/pauses', { scope: 'runbook:other', reason: 'a test' });
  await post(`/api/v1/executions/${first}/reject`, { reason: 'a test' });
  await post('/api/v1/simulations', alerts('three'));
  await waitFor('a message that was refused', () => messages > 0, 30_000);
  return first ?? '';
}

const foundIn = (text: string): string[] =>
  [...planted].flatMap(([what, secret]) => (text.includes(secret) ? [what] : []));

describe('S18: of all secrets, whatever succeeds and whatever fails,', { timeout: 120_000 }, () => {
  let id: string;
  const night = new Visitor();
  const ada = new Visitor();
  beforeAll(async () => {
    await night.post(`${url}/login/local`, { name: 'night', password: NIGHT_PASSWORD });
    await keepSecretsOf(night, 'a local account');
    await logInAs(ada, url, 's-ada');
    await keepSecretsOf(ada, 'somebody from the identity provider');
    for (const password of [`${NIGHT_PASSWORD}!`, ''])
      await new Visitor().post(`${url}/login/local`, { name: NIGHT_PASSWORD, password });
    await attempts();
    id = await work();
    await ask('/', { headers: { cookie: grafana.cookie('admin') } });
    for (const path of readable(id)) {
      await ask(path, { headers: bearer });
      for (const visitor of [night, ada]) {
        await pageOf(visitor, path);
        await pageOf(visitor, path, 'application/json');
      }
    }
  }, 120_000);

  it('the walk got in, and was refused', () => {
    const statuses = seen.map(({ where }) => where.slice(-3));
    expect(new Set(statuses)).toEqual(new Set([...statuses, '200', '201', '202', '400', '401', '404', '503']));
    expect(seen.filter(({ where }) => where.endsWith('500'))).toEqual([]);
    expect(own.filter(({ where }) => /page \/(settings|plugins|audit): 200/.test(where)).length).toBeGreaterThanOrEqual(
      6,
    );
  });

  it('S18: none stands in an answer', () => {
    expect(seen.flatMap(({ where, text }) => foundIn(text).map((what) => `${where}: ${what}`))).toEqual([]);
  });

  it('S18: none stands in a page, and the token of forms in those of its own login only', () => {
    expect(own.flatMap(({ where, text }) => foundIn(text).map((what) => `${where}: ${what}`))).toEqual([]);
    const others = own.flatMap(({ where, text, token }) =>
      [...formTokens.values()].filter((one) => one !== token && text.includes(one)).map(() => where),
    );
    expect(others).toEqual([]);
    const inPlace = own.map(({ text, token }) =>
      text.replaceAll(`name="_csrf" value="${token}"`, '').replace(`<meta name="csrf" content="${token}">`, ''),
    );
    expect(inPlace.filter((text, i) => text.includes(own[i]?.token ?? '')).map((text) => text.slice(0, 300))).toEqual(
      [],
    );
  });

  it('S18: none stands in the log, of any level', () => {
    const log = service.output(100_000);
    for (const said of ['"level":"debug"', 'somebody logged in', '"level":"warn"']) expect(log).toContain(said);
    expect(foundIn(log)).toEqual([]);
    for (const token of formTokens.values()) expect(log).not.toContain(token);
    expect(log).not.toMatch(/eyJ[\w-]{20}/);
  });

  it('S18: none stands in Redis: of a session there is the hash only', async () => {
    const all = await everythingInRedis(redis.url);
    expect(all).toMatch(/session:[0-9a-f]{64}/);
    expect(foundIn(all)).toEqual([]);
  });

  it('S18: none goes out in a trace, also not with a call that failed', async () => {
    await waitFor('the span of a message', () => otlp.spans().some(({ name }) => name === 'plugin.send'), 30_000);
    const failed = otlp.spans().filter(({ name, isError }) => name === 'plugin.send' && isError);
    expect(failed.map(({ message }) => message).join()).toContain('answered 400');
    expect(otlp.bodies.flatMap((body) => foundIn(body.toString('latin1')))).toEqual([]);
  });

  it('S8: the log has one line for each event, whatever is asked', () => {
    for (const line of service.output(100_000).split('\n'))
      expect(() => JSON.parse(line) as unknown, line).not.toThrow();
  });
});
