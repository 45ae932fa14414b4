import 'reflect-metadata';
import { loadConfig } from './config.js';
import { hearNode } from './start/hear-node.js';
import { endWith, refuse } from './start/refuse.js';
import { startService } from './start/service.js';
import { traceSettings } from './start/trace-settings.js';
import { startTracing } from './telemetry/tracing.js';
import { VERSION } from './version.js';
import { messageOf } from './core/message-of.js';

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
  const { log } = service;
  tracing.tellTo(log);
  hearNode(log, (code) => process.exit(code));
  const leave = async (because: string): Promise<void> => {
    log.info({ because }, 'stopping: nothing more is begun, and what is under way comes to a save');
    await service.stop();
    await tracing.stop();
    log.info('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void leave(signal));
  if (config.exitAfterReady) await leave('FIREBREAK_EXIT_AFTER_READY');
}

main().catch((error: unknown) => {
  endWith(1, messageOf(error));
});
