/**
 * Starts OpenTelemetry when an exporter is configured (`OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_TRACES_EXPORTER`);
 * otherwise nothing of it is even loaded, because it would cost time on every webhook.
 *
 * @param env the process's environment
 * @returns how to stop it, so that the last spans are sent
 */
export async function startTracing(env: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  const exporter = env['OTEL_TRACES_EXPORTER'] ?? (env['OTEL_EXPORTER_OTLP_ENDPOINT'] === undefined ? 'none' : 'otlp');
  if (exporter === 'none' || exporter === '') return () => Promise.resolve();
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName: 'firebreak' });
  sdk.start();
  return () => sdk.shutdown();
}
