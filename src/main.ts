import 'reflect-metadata';
import { loadConfig } from './config.js';
import { endWith, refuse } from './start/refuse.js';
import { startTracing } from './telemetry/tracing.js';
import { startService } from './start/service.js';

/** Starts the service in this process; ends with 78 when something is configured wrongly, with everything that is wrong. */
async function main(): Promise<void> {
  const loaded = loadConfig(process.env, process.cwd());
  if (!loaded.ok) return refuse('settings', loaded.problems);
  const stopTracing = await startTracing(process.env);
  const started = await startService(loaded.config);
  if (!started.ok) return refuse(started.what, started.problems);
  const { service } = started;
  const leave = async (): Promise<void> => {
    await service.stop();
    await stopTracing();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void leave());
  if (loaded.config.exitAfterReady) await leave();
}

main().catch((error: unknown) => {
  endWith(1, error instanceof Error ? error.message : String(error));
});
