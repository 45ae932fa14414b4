import type { INestApplication } from '@nestjs/common';
import type { Parts } from '../app.module.js';
import { VERSION } from '../version.js';
import { BullWakeups } from '../worker/bull-wakeups.js';
import { Canary } from '../worker/canary.js';

/** Tells the metrics whom to ask at each scrape. */
export function connectGauges(app: INestApplication, { store, catalog, clock, metrics, plugins }: Parts): void {
  const wakeups = app.get(BullWakeups);
  const canary = app.get(Canary);
  metrics.connect(
    {
      openByPhase: () => store.countOpen(),
      oldestDueSeconds: async () => (await store.oldestDue()) / 1000,
      canarySeconds: () => canary.ageSeconds(),
      queueJobs: () => wakeups.counts(),
      pausesByScope: async () => (await store.pauses()).map((pause) => pause.scope),
      runbooks: () => catalog.current.runbooks.size,
      configAgeSeconds: () => {
        const { problems, loadedAt } = catalog.status();
        return problems.length === 0 ? 0 : Math.max(0, (clock.now() - loadedAt) / 1000);
      },
    },
    { version: VERSION, plugins: plugins.plugins },
  );
}
