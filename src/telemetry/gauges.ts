import { Gauge, type Registry } from 'prom-client';
import type { Instant } from '../core/alert.js';
import type { Phase } from '../core/execution.js';
import type { Mode } from '../core/runbook.js';

/** A gauge that names things has at most so many series. */
const MOST_SERIES = 100;

/** An answer of a standing probe names at most so many numbers. */
const MOST_NUMBERS = 20;

/** What a standing probe says, for one centre or for none. */
export interface ProbeFigures {
  readonly probe: string;
  readonly center?: string;
  readonly last: {
    readonly status: 'healthy' | 'unhealthy' | 'unknown' | 'error';
    readonly value?: number;
    readonly values?: { readonly [name: string]: number };
  };
  /** When it last said healthy or unhealthy. */
  readonly told?: { readonly at: Instant };
}

const STATUSES = ['healthy', 'unhealthy', 'unknown', 'error'] as const;

/** How a centre stands. */
export interface CenterFigures {
  readonly center: string;
  readonly inService: boolean;
  /** When it took over last, and that went well. */
  readonly provenAt?: Instant;
}

/** What is asked of the other parts whenever somebody scrapes. */
export interface Gauges {
  readonly openByPhase: () => Promise<ReadonlyMap<Phase, number>>;
  readonly oldestDueSeconds: () => Promise<number>;
  readonly canarySeconds: () => Promise<number | undefined>;
  readonly queueJobs: () => Promise<{ readonly [state: string]: number }>;
  readonly pausesByScope: () => Promise<readonly string[]>;
  readonly permitAgeSeconds: () => number;
  readonly storms: () => Promise<number>;
  /** Messages that are not delivered, by notifier, with the age of the one that waits longest, in seconds. */
  readonly messages: () => Promise<
    readonly { readonly notifier: string; readonly count: number; readonly oldestSeconds: number }[]
  >;
  /** Runbooks that may go less far than they say. */
  readonly capped: () => Promise<readonly { readonly runbook: string; readonly to: Mode }[]>;
  readonly runbooks: () => number;
  /** The centres of the topology. */
  readonly centers: () => Promise<readonly CenterFigures[]>;
  readonly probes: () => readonly ProbeFigures[];
  readonly configAgeSeconds: () => number;
  /** Plugins that run in processes of their own. */
  readonly children: () => readonly { readonly plugin: string; readonly up: boolean }[];
}

type MakeGauge = ReturnType<typeof gaugesIn>;

/** Connects what is asked for at each scrape. */
export function connectGauges(gauges: Gauges, gauge: MakeGauge): void {
  gauge('executions_open', 'Executions that are not closed', ['phase'], async (one) => {
    one.reset();
    for (const [phase, count] of await gauges.openByPhase()) one.set({ phase }, count);
  });
  gauge('oldest_due_seconds', 'How late the latest wake-up is', [], async (one) =>
    one.set(await gauges.oldestDueSeconds()),
  );
  gauge('canary_seconds', 'Age of the last canary that came through queue and worker', [], async (one) =>
    one.set((await gauges.canarySeconds()) ?? Number.POSITIVE_INFINITY),
  );
  gauge('queue_jobs', 'Jobs in the queue', ['state'], async (one) => {
    for (const [state, count] of Object.entries(await gauges.queueJobs())) one.set({ state }, count);
  });
  gauge('pauses_active', 'Pauses in force', ['scope'], async (one) => {
    one.reset();
    const scopes = await gauges.pausesByScope();
    const named = new Set([...new Set(scopes)].slice(0, MOST_SERIES));
    for (const scope of scopes) one.inc({ scope: named.has(scope) ? scope : 'others' });
  });
  gauge('storms_active', 'Storms that go on', [], async (one) => one.set(await gauges.storms()));
  gauge('messages_waiting', 'Messages that are not delivered yet', ['notifier'], async (one) => {
    one.reset();
    for (const { notifier, count } of (await gauges.messages()).slice(0, MOST_SERIES)) one.set({ notifier }, count);
  });
  gauge('oldest_message_seconds', 'Age of the message that waits longest', [], async (one) =>
    one.set(Math.max(0, ...(await gauges.messages()).map(({ oldestSeconds }) => oldestSeconds))),
  );
  gauge('leases_open', 'Changes in force under a lease', [], async (one) =>
    one.set((await gauges.openByPhase()).get('holding') ?? 0),
  );
  gauge('runbook_mode_capped', 'Runbooks that lost trust', ['runbook', 'to'], async (one) => {
    one.reset();
    for (const { runbook, to } of (await gauges.capped()).slice(0, MOST_SERIES)) one.set({ runbook, to }, 1);
  });
  gauge('center_in_service', 'Centres, as the assertions count them', ['center'], async (one) => {
    one.reset();
    for (const { center, inService } of (await gauges.centers()).slice(0, MOST_SERIES))
      one.set({ center }, Number(inService));
  });
  gauge('center_proven_timestamp_seconds', 'When a centre last took over well', ['center'], async (one) => {
    one.reset();
    for (const { center, provenAt } of (await gauges.centers()).slice(0, MOST_SERIES))
      if (provenAt !== undefined) one.set({ center }, provenAt / 1000);
  });
  gauge('permit_age_seconds', 'How long ago the store last said what is paused', [], async (one) =>
    one.set(gauges.permitAgeSeconds()),
  );
  gauge('runbooks_loaded', 'Runbooks in force', [], async (one) => one.set(gauges.runbooks()));
  gauge('config_stale_seconds', 'How long the newest edition of the runbooks has been refused', [], async (one) =>
    one.set(gauges.configAgeSeconds()),
  );
  connectProbes(gauges.probes, gauge);
  gauge('plugin_up', 'Plugins in processes of their own', ['plugin'], async (one) => {
    one.reset();
    for (const { plugin, up } of gauges.children()) one.set({ plugin }, Number(up));
  });
}

/** As many series as there are probes and centres, of which there is a bound; what is not known has none. */
function connectProbes(probes: Gauges['probes'], gauge: MakeGauge): void {
  gauge('probe_status', 'What a standing probe says', ['probe', 'center', 'status'], async (one) => {
    one.reset();
    for (const { probe, center = '', last } of probes())
      for (const status of STATUSES) one.set({ probe, center, status }, last.status === status ? 1 : 0);
  });
  gauge('probe_value', 'Numbers of a standing probe', ['probe', 'center', 'value'], async (one) => {
    one.reset();
    for (const { probe, center = '', last } of probes()) {
      const numbers = Object.entries({ ...(last.value === undefined ? {} : { value: last.value }), ...last.values });
      for (const [value, number] of numbers.slice(0, MOST_NUMBERS)) one.set({ probe, center, value }, number);
    }
  });
  const told = 'When a standing probe last said healthy or unhealthy';
  gauge('probe_last_answer_timestamp_seconds', told, ['probe', 'center'], async (one) => {
    one.reset();
    for (const { probe, center = '', told: at } of probes())
      if (at !== undefined) one.set({ probe, center }, at.at / 1000);
  });
}

/**
 * Makes gauges in a registry.
 *
 * @param registry keeps them
 */
export function gaugesIn(registry: Registry) {
  return <T extends string>(
    name: string,
    help: string,
    labelNames: T[],
    collect?: (gauge: Gauge<T>) => Promise<void>,
  ): Gauge<T> => {
    const gauge: Gauge<T> = new Gauge({
      name: `firebreak_${name}`,
      help,
      labelNames,
      registers: [registry],
      // a scrape must not fail because Redis is away: that is when people look
      ...(collect ? { collect: () => collect(gauge).catch(() => gauge.reset()) } : {}),
    });
    return gauge;
  };
}
