import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type Provider } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { ACCESS_PROVIDERS } from '../../src/access/access-providers.js';
import { ROLES, type Role } from '../../src/access/roles.js';
import { API_CONTROLLERS, API_PROVIDERS } from '../../src/api/api-parts.js';
import { IDEMPOTENCY_KEYS } from '../../src/api/idempotency-keys.js';
import { MemoryIdempotencyKeys } from '../../src/api/memory-idempotency-keys.js';
import { APP_OPTIONS, prepareApp } from '../../src/api/prepare-app.js';
import { Catalog } from '../../src/catalog/catalog.js';
import type { Token } from '../../src/config/tokens.js';
import { Effects } from '../../src/engine/effects.js';
import { Engine } from '../../src/engine/engine.js';
import type { ExecutionStore } from '../../src/engine/execution-store.js';
import { MemoryExecutionStore } from '../../src/engine/memory-execution-store.js';
import { fastifyAdapter } from '../../src/http/fastify-adapter.js';
import { AlertController } from '../../src/intake/alert.controller.js';
import { Intake } from '../../src/intake/intake.js';
import { CLOCK, CONFIG, LOGGER, PLUGINS, STORE, WAKEUPS } from '../../src/parts.js';
import { loadPlugins } from '../../src/plugin-host/loaded-plugins.js';
import { PluginHost } from '../../src/plugin-host/plugin-host.js';
import { MetricsController } from '../../src/telemetry/metrics.controller.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import { FakeClock } from '../../src/testing/fake-clock.js';
import { PretendTarget } from '../../src/testing/pretend-target.js';
import { PRETEND_NAMES } from '../../src/testing/world.js';

/** The token of somebody with this role, and of nobody else. */
export const tokenOf = (role: Role | 'second-approver'): string => `the-secret-token-of-${role}`;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const TOKENS: readonly Token[] = [
  ...ROLES.map((role) => ({ name: role, roles: [role], sha256: hashOf(tokenOf(role)) })),
  { name: 'second-approver', roles: ['approver'], sha256: hashOf(tokenOf('second-approver')) },
];

/** A runbook of the tests, as a file. */
export const runbookFile = (name: string, change = '', mode = 'approve'): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Switch ${name} over, owner: team-a }
spec:
  match: ['alertname="CenterDown"', 'service=~"shop|pay"', 'runbook="${name}"']
  target: 'traffic/{{labels.service}}'
  mode: ${mode}
  approval: { within: 15m }
  guards: { cooldown: 10m, maxAlertAge: 1h }
  steps:
    - { name: switch, uses: pretend/set, with: { name: '{{labels.service}}', value: b } }
${change}`;

const RUNBOOKS: Readonly<Record<string, string>> = {
  careful: runbookFile('careful'),
  quick: runbookFile('quick', '', 'auto'),
  leased: runbookFile('leased', '  lease: 30m', 'auto'),
};

/** Everything of a small Firebreak behind its HTTP server, in memory, with time that the test turns. */
export interface ApiApp {
  readonly fastify: FastifyInstance;
  readonly nest: NestFastifyApplication;
  readonly clock: FakeClock;
  readonly store: MemoryExecutionStore;
  readonly target: PretendTarget;
  readonly folder: string;
  readonly catalog: Catalog;
  /** Lines of the log, with their level. */
  readonly log: { readonly level: string; readonly fields: Readonly<Record<string, unknown>>; readonly message: string }[];
  /** Sends a request as somebody with a role; without one, without a token. */
  send(method: NonNullable<InjectOptions['method']>, url: string, as?: Role | 'second-approver', body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly json: Record<string, any>;
}

/** How a test wants it otherwise. */
export interface ApiAppOptions {
  readonly tokens?: readonly Token[];
  /** Puts something in the store's place. */
  readonly store?: (store: MemoryExecutionStore) => ExecutionStore;
  readonly runbooks?: Readonly<Record<string, string>>;
}

/** Starts it; the first request can be sent at once. */
export async function startApi(options: ApiAppOptions = {}): Promise<ApiApp> {
  const clock = new FakeClock();
  const memory = new MemoryExecutionStore(() => clock.now());
  const store = options.store?.(memory) ?? memory;
  const target = new PretendTarget();
  const loading = loadPlugins([target.plugin()], {}, () => ({ info: () => undefined, warn: () => undefined }));
  if (!loading.ok) throw new Error(loading.problems.join('; '));
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-api-'));
  for (const [name, text] of Object.entries(options.runbooks ?? RUNBOOKS)) writeFileSync(join(folder, `${name}.yaml`), text);
  const opened = await Catalog.open({ folder, names: PRETEND_NAMES, now: () => clock.now() });
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  const log: ApiApp['log'] = [];
  const line = (level: string) => (fields: Record<string, unknown>, message: string) => void log.push({ level, fields, message });
  const host = new PluginHost(loading.loaded, clock, () => undefined, () => ({ info: () => undefined, warn: () => undefined }));
  const wakeups = { ring: async (id: string, at: number) => void clock.after(at - clock.now(), () => void engine.advance(id)) };
  const observer = { saved: () => undefined, warn: () => undefined };
  const engine: Engine = new Engine(store, new Effects(store, host, clock, 'w1'), wakeups, clock, observer);
  const parts: Provider[] = [
    { provide: CONFIG, useValue: { publicUrl: 'http://localhost:9700', tokens: options.tokens ?? TOKENS } },
    { provide: LOGGER, useValue: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') } },
    { provide: CLOCK, useValue: clock },
    { provide: STORE, useValue: store },
    { provide: PLUGINS, useValue: loading.loaded },
    { provide: WAKEUPS, useValue: wakeups },
    { provide: Engine, useValue: engine },
    { provide: Catalog, useValue: opened.catalog },
    { provide: PluginHost, useValue: host },
    { provide: IDEMPOTENCY_KEYS, useValue: new MemoryIdempotencyKeys(() => clock.now()) },
    ...[Metrics, Intake],
  ];

  @Module({ controllers: [AlertController, MetricsController, ...API_CONTROLLERS], providers: [...parts, ...ACCESS_PROVIDERS, ...API_PROVIDERS] })
  class ApiModule {}

  const made = await Test.createTestingModule({ imports: [ApiModule] }).compile();
  const nest = made.createNestApplication<NestFastifyApplication>(fastifyAdapter(), { ...APP_OPTIONS, logger: false });
  prepareApp(nest);
  await nest.init();
  const fastify: FastifyInstance = nest.getHttpAdapter().getInstance();
  await fastify.ready();
  return {
    ...{ fastify, nest, clock, store: memory, target, folder, catalog: opened.catalog, log },
    send: async (method, url, as, body, headers = {}) => {
      const answer = await fastify.inject({
        ...{ method, url },
        headers: { ...(as === undefined ? {} : { authorization: `Bearer ${tokenOf(as)}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const isJson = String(answer.headers['content-type']).includes('json') && answer.payload !== '';
      return { status: answer.statusCode, headers: answer.headers, text: answer.payload, json: isJson ? answer.json() : {} };
    },
    close: async () => {
      await nest.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
