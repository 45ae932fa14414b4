import { PHASES } from '../core/execution.js';
import { connectDrills } from './drill-gauges.js';
import type { Build, GaugeMaker, Gauges } from './gauge-sources.js';
import { connectExecutions } from './info-series.js';
import { OTHERS } from './label-set.js';
import { connectPlaces } from './place-gauges.js';
import { connectProbes } from './probe-gauges.js';
import { connectRunbooks } from './runbook-gauges.js';

/** The queue knows no more states, nor does the store. */
const MOST_STATES = 10;

/** Connects what is asked for at each scrape, and facts that never change. */
export function connectGauges(gauges: Gauges, build: Build, maker: GaugeMaker): void {
  connectLoop(gauges, maker);
  connectMessages(gauges, maker);
  connectExecutions(gauges.present, maker);
  connectRunbooks(gauges, maker);
  connectPlaces(gauges, maker);
  connectProbes(gauges.probes, maker.make);
  connectDrills(gauges.drills, maker.make);
  connectPlugins(gauges, build, maker);
  connectBuild(build, maker);
}

function connectLoop(gauges: Gauges, { make, most }: GaugeMaker): void {
  make.gauge('executions_open', 'Executions that are not closed', ['phase'], PHASES.length, async () =>
    [...(await gauges.openByPhase())].map(([phase, value]) => ({ labels: { phase }, value })),
  );
  make.number('leases_open', 'Changes in force under a lease', async () => {
    return (await gauges.openByPhase()).get('holding') ?? 0;
  });
  make.number('oldest_due_seconds', 'How late the latest wake-up is', () => gauges.oldestDueSeconds());
  make.number('canary_seconds', 'Age of the last canary that came through queue and worker', async () => {
    return (await gauges.canarySeconds()) ?? Number.POSITIVE_INFINITY;
  });
  make.gauge('queue_jobs', 'Jobs in the queue', ['state'], MOST_STATES, async () =>
    Object.entries(await gauges.queueJobs()).map(([state, value]) => ({ labels: { state }, value })),
  );
  make.gauge('pauses_active', 'Pauses in force', ['scope'], most + 1, async () =>
    [...tally(await gauges.pausesByScope(), most)].map(([scope, value]) => ({ labels: { scope }, value })),
  );
  make.number('storms_active', 'Storms that go on', () => gauges.storms());
  make.number('permit_age_seconds', 'How long ago the store last said what is paused', () => gauges.permitAgeSeconds());
}

/** Counts what there is of each; from so many on all others together. */
function tally(all: readonly string[], most: number): ReadonlyMap<string, number> {
  const named = new Set([...new Set(all)].slice(0, most));
  const counts = new Map<string, number>();
  for (const one of all) {
    const name = named.has(one) ? one : OTHERS;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function connectMessages(gauges: Gauges, { make, most }: GaugeMaker): void {
  make.gauge('messages_waiting', 'Messages that are not delivered yet', ['notifier'], most, async () =>
    (await gauges.messages()).map(({ notifier, count }) => ({ labels: { notifier }, value: count })),
  );
  make.number('oldest_message_seconds', 'Age of the message that waits longest', async () =>
    Math.max(0, ...(await gauges.messages()).map(({ oldestSeconds }) => oldestSeconds)),
  );
}

function connectPlugins(gauges: Gauges, { plugins }: Build, { make, most }: GaugeMaker): void {
  make.gauge('plugin_up', 'Plugins in processes of their own', ['plugin'], most, () =>
    gauges.children().map(({ plugin, up }) => ({ labels: { plugin }, value: Number(up) })),
  );
  make.gauge('plugin_info', 'Plugins that are there', ['plugin', 'version'], most, () =>
    plugins.map(({ id, version }) => ({ labels: { plugin: id, version }, value: 1 })),
  );
}

function connectBuild({ version, publicUrl }: Build, { make }: GaugeMaker): void {
  make.gauge('build_info', 'The running version', ['version'], 1, () => [{ labels: { version }, value: 1 }]);
  make.gauge('console_info', 'Where people find the console', ['url'], 1, () => [
    { labels: { url: publicUrl }, value: 1 },
  ]);
}
