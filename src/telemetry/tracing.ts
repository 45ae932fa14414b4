import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { Log } from './logger.js';
import { spanIds } from './span-ids.js';
import { TracingTrouble } from './tracing-trouble.js';

/** Tracing, on or off. */
export interface Tracing {
  readonly isOn: boolean;
  /** Where it is said when spans cannot be sent. */
  tellTo(log: Pick<Log, 'warn'>): void;
  /** Sends the last spans, and waits no longer than a moment for that. */
  stop(): Promise<void>;
}

/** What this process is called in traces. */
export interface ProcessName {
  readonly version: string;
  readonly sourceId: string;
}

/** A collector that does not answer must not hold up the end. */
const STOP_WITHIN_MS = 3_000;

const OFF: Tracing = { isOn: false, tellTo: () => undefined, stop: () => Promise.resolve() };

/**
 * Starts OpenTelemetry when an exporter is configured (`OTEL_TRACES_EXPORTER`, or an endpoint); otherwise nothing of it but its
 * API, which does nothing, is even loaded, because it would cost time on every webhook. What the environment leaves open
 * is filled in there, where OpenTelemetry reads it.
 *
 * @param env the process's environment
 * @param name what this process is called
 */
export async function startTracing(env: NodeJS.ProcessEnv, { version, sourceId }: ProcessName): Promise<Tracing> {
  if (!isWanted(env)) return OFF;
  const ours = { 'service.name': 'firebreak', 'service.version': version, 'service.instance.id': sourceId };
  const attributes = Object.entries(ours).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  // whatever the operator says comes later, and so wins
  env['OTEL_RESOURCE_ATTRIBUTES'] = [...attributes, given(env, 'OTEL_RESOURCE_ATTRIBUTES') ?? []].flat().join(',');
  for (const [variable, usual] of Object.entries(USUAL)) env[variable] = given(env, variable) ?? usual;
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ idGenerator: spanIds, instrumentations: [] });
  const trouble = new TracingTrouble();
  diag.setLogger(trouble, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  sdk.start();
  return {
    isOn: true,
    tellTo: (log) => trouble.tellTo(log),
    stop: () => within(STOP_WITHIN_MS, sdk.shutdown()),
  };
}

/** Only traces: metrics are scraped, logs are collected. No word of the command line or of the machine's user goes out. */
const USUAL = {
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_NODE_RESOURCE_DETECTORS: 'env,host',
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '256',
} as const;

function isWanted(env: NodeJS.ProcessEnv): boolean {
  if (given(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return false;
  const exporters = given(env, 'OTEL_TRACES_EXPORTER');
  if (exporters !== undefined) return exporters !== 'none';
  return ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'].some(
    (variable) => given(env, variable) !== undefined,
  );
}

/** An empty variable counts as not set. */
function given(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const text = env[variable]?.trim() ?? '';
  return text === '' ? undefined : text;
}

function within(ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(timer);
        resolve();
      });
  });
}
