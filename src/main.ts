import 'reflect-metadata';
import { loadConfig } from './config.js';
import { endWith, refuse } from './start/refuse.js';
import { startService } from './start/service.js';
import { traceSettings } from './start/trace-settings.js';
import { startTracing } from './telemetry/tracing.js';
import { VERSION } from './version.js';

/** Starts the service in this process; ends with 78 when something is configured wrongly, with everything that is wrong. */
async function main(): Promise<void> {
  const began = Date.now();
  const loaded = loadConfig(process.env, process.cwd());
  if (!loaded.ok) return refuse('settings', loaded.problems);
  const { config } = loaded;
  const tracing = await startTracing(process.env, { version: VERSION, sourceId: config.sourceId });
  traceSettings(process.env, process.cwd(), began);
  const started = await startService(config);
  if (!started.ok) {
    await tracing.stop();
    return refuse(started.what, started.problems);
  }
  const { service } = started;
  tracing.tellTo(service.log);
  const leave = async (): Promise<void> => {
    await service.stop();
    await tracing.stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void leave());
  if (config.exitAfterReady) await leave();
}

main().catch((error: unknown) => {
  endWith(1, error instanceof Error ? error.message : String(error));
});
