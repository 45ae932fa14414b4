import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type Provider, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { z } from 'zod';
import { ACCESS_PROVIDERS } from '../../src/access/access-providers.js';
import { proxyAddresses } from '../../src/access/proxy/proxy-addresses.js';
import { MemorySessionStore } from '../../src/access/sessions/memory-session-store.js';
import { SESSION_STORE, type SessionStore } from '../../src/access/sessions/session-store.js';
import { ROLES, type Role } from '../../src/access/roles.js';
import { API_CONTROLLERS, API_PROVIDERS } from '../../src/api/api-parts.js';
import { APP_OPTIONS, prepareApp } from '../../src/api/prepare-app.js';
import { Catalog } from '../../src/catalog/catalog.js';
import { NO_ACCESS, type AccessSettings } from '../../src/config/access.js';
import { DEFAULT_NOTIFY } from '../../src/config/notify.js';
import type { Token } from '../../src/config/tokens.js';
import { CONSOLE_CONTROLLERS, CONSOLE_PROVIDERS } from '../../src/console/console-parts.js';
import type { CenterConditions } from '../../src/core/affinity.js';
import type { ExecutionStore } from '../../src/engine/execution-store.js';
import { MemoryExecutionStore } from '../../src/engine/memory-execution-store.js';
import { fastifyAdapter } from '../../src/http/fastify-adapter.js';
import { PROBLEM_OBSERVER } from '../../src/http/problem-filter.js';
import { AlertController } from '../../src/intake/alert.controller.js';
import { Basis } from '../../src/intake/basis.js';
import { Intake } from '../../src/intake/intake.js';
import { CENTER_REPORTS, CONFIG, LOGGER, STANDING_REPORTS } from '../../src/parts.js';
import { MetricsController } from '../../src/telemetry/metrics.controller.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import { FakeClock } from '../../src/testing/fake-clock.js';
import { PretendTarget } from '../../src/testing/pretend-target.js';
import { PRETEND_NAMES } from '../../src/testing/pretend-names.js';
import type { StandingAnswer } from '../../src/watch/answer.js';
import { engineParts } from './api-engine.js';
import type { ApiJson } from './api-json.js';

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
  readonly log: {
    readonly level: string;
    readonly fields: Readonly<Record<string, unknown>>;
    readonly message: string;
  }[];
  /** Sends a request as somebody with a role; without one, without a token. */
  send(
    method: NonNullable<InjectOptions['method']>,
    url: string,
    as?: Role | 'second-approver',
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  close(): Promise<void>;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly json: ApiJson;
}

/** How a test wants it otherwise. */
export interface ApiAppOptions {
  readonly tokens?: readonly Token[];
  /** Of firebreak.yaml, beside what holds when it says nothing. */
  readonly access?: Partial<AccessSettings>;
  readonly publicUrl?: string;
  /** Where logins are kept; without it, in this process. */
  readonly sessions?: SessionStore;
  /** Puts something in the store's place. */
  readonly store?: (store: MemoryExecutionStore) => ExecutionStore;
  readonly runbooks?: Readonly<Record<string, string>>;
  /** Text of the topology; without it there is none. */
  readonly topology?: string;
  /** How the centres are. */
  readonly conditions?: CenterConditions;
  /** What standing probes said last. */
  readonly answers?: readonly StandingAnswer[];
  /** When its time begins. */
  readonly start?: number;
  /** Beside the real ones. */
  readonly controllers?: readonly Type[];
}

/** Starts it; the first request can be sent at once. */
export async function startApi(options: ApiAppOptions = {}): Promise<ApiApp> {
  const clock = new FakeClock(options.start);
  const memory = new MemoryExecutionStore(() => clock.now());
  const store = options.store?.(memory) ?? memory;
  const target = new PretendTarget();
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-api-'));
  const catalog = await catalogIn(folder, options.runbooks ?? RUNBOOKS, clock, options.topology);
  const log: ApiApp['log'] = [];
  const made: Provider[] = [
    {
      provide: CONFIG,
      useValue: {
        publicUrl: options.publicUrl ?? 'http://localhost:9700',
        notify: DEFAULT_NOTIFY,
        tokens: options.tokens ?? TOKENS,
        access: { ...NO_ACCESS, rateLimit: { perMinute: 100_000 }, ...options.access },
      },
    },
    { provide: LOGGER, useValue: logInto(log) },
    { provide: PROBLEM_OBSERVER, inject: [Metrics], useFactory: (metrics: Metrics) => metrics.requestRefused },
    { provide: Catalog, useValue: catalog },
    { provide: CENTER_REPORTS, useValue: { conditions: () => options.conditions ?? {} } },
    { provide: STANDING_REPORTS, useValue: { answers: () => options.answers ?? [] } },
    { provide: SESSION_STORE, useValue: options.sessions ?? new MemorySessionStore(() => clock.now()) },
    ...engineParts(clock, store, target),
  ];
  const nest = await startNest(made, options);
  const fastify: FastifyInstance = nest.getHttpAdapter().getInstance();
  await fastify.ready();
  const close = async (): Promise<void> => {
    await nest.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { fastify, nest, clock, store: memory, target, folder, catalog, log, close, send: senderTo(fastify) };
}

async function catalogIn(
  folder: string,
  files: Readonly<Record<string, string>>,
  clock: FakeClock,
  map?: string,
): Promise<Catalog> {
  const topology = join(folder, 'topology');
  if (map !== undefined) writeFileSync(topology, map);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.yaml`), text);
  const opened = await Catalog.open({
    folder,
    names: PRETEND_NAMES,
    now: () => clock.now(),
    ...(map === undefined ? {} : { topology }),
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  return opened.catalog;
}

function logInto(log: ApiApp['log']): object {
  const line = (level: string) => (fields: Record<string, unknown>, message: string) =>
    void log.push({ level, fields, message });
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

async function startNest(
  made: readonly Provider[],
  { controllers = [], access }: ApiAppOptions,
): Promise<NestFastifyApplication> {
  @Module({
    controllers: [AlertController, MetricsController, ...API_CONTROLLERS, ...CONSOLE_CONTROLLERS, ...controllers],
    providers: [
      ...made,
      { provide: Metrics, useValue: new Metrics() },
      Basis,
      Intake,
      ...ACCESS_PROVIDERS,
      ...API_PROVIDERS,
      ...CONSOLE_PROVIDERS,
    ],
  })
  class ApiModule {}

  const compiled = await Test.createTestingModule({ imports: [ApiModule] }).compile();
  const options = { ...APP_OPTIONS, logger: false } as const;
  const adapter = fastifyAdapter(proxyAddresses(access?.proxy?.addresses));
  const nest = compiled.createNestApplication<NestFastifyApplication>(adapter, options);
  await prepareApp(nest);
  await nest.init();
  return nest;
}

function senderTo(fastify: FastifyInstance): ApiApp['send'] {
  return async (method, url, as, body, more = {}) => {
    const headers = {
      ...(as === undefined ? {} : { authorization: `Bearer ${tokenOf(as)}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...more,
    };
    const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) };
    const {
      statusCode: status,
      headers: answered,
      payload: text,
    } = await fastify.inject({ method, url, headers, ...payload });
    const isJson = /[/+]json/.test(String(answered['content-type'])) && text !== '';
    return { status, headers: answered, text, json: readJson(isJson ? text : '{}') };
  };
}

// what is in an answer is looked at by the tests themselves
const anything = z.custom<ApiJson>();

function readJson(text: string): ApiJson {
  return anything.parse(JSON.parse(text));
}
