import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { post, webhookBody, type AlertOutline } from './alert-bodies.js';
import { benchComparison } from './bench-comparison.js';
import { benchEviction } from './bench-eviction.js';
import { benchTracing } from './bench-tracing.js';
import { startBare } from './bench-bare.js';
import { BENCH_POOL, BENCH_RUNBOOK, BENCH_SCENARIOS, type BenchScenario } from './bench-scenarios.js';
import { hammer, type Hammered } from './hammer.js';
import { startRedis } from './redis.js';
import { NO_GOVERNOR, startService } from './service.js';

/**
 * `npm run bench`: acknowledged webhooks a second, next to the bare limit of the same machine in the same run. The two
 * take turns, so that a machine that becomes slower slows both; what counts is the ratio of the medians.
 * `npm run bench -- comparison`, `-- eviction` and `-- tracing` are others: see bench-comparison.ts, bench-eviction.ts and
 * bench-tracing.ts.
 */
/** Enough that a round does not come to its end. */
const NEW_ALERTS = 60_000;

function outline(i: number, alertname: string): AlertOutline {
  const labels = {
    alertname,
    instance: `host-${i}.example.org:9100`,
    job: 'node',
    center: i % 2 ? 'a' : 'b',
    severity: 'critical',
    service: `s${i % 40}`,
  };
  return { labels, startsAt: Date.now() - 5_000 };
}

let sent = BENCH_POOL;

function bodies({ alertname, isNew }: BenchScenario, perBody: number): string[] {
  const size = isNew ? NEW_ALERTS : BENCH_POOL;
  const from = isNew ? sent : 0;
  sent += isNew ? size : 0;
  const alerts = Array.from({ length: size }, (_, i) => outline(from + i, alertname));
  return Array.from({ length: size / perBody }, (_, i) => webhookBody(alerts.slice(i * perBody, (i + 1) * perBody)));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function line(name: string, rounds: readonly Hammered[]): string {
  const rate = Math.round(median(rounds.map((one) => one.perSecond)));
  const p99 = median(rounds.map((one) => one.p99Ms));
  return `  ${name.padEnd(34)}${String(rate).padStart(8)} webhooks/s   p99 ${p99.toFixed(1).padStart(7)} ms`;
}

/** Resident memory of a process in MiB, as the kernel counts it. */
function memoryOf(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib ?? 0) / 1024;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '4' } },
  });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  const redis = await startRedis();
  const bareRedis = await startRedis();
  const settings = 'plugins: { cut-over-center: { endpoint: "127.0.0.1:1" } }\n' + NO_GOVERNOR;
  const runbooks = { 'bench.yaml': BENCH_RUNBOOK };
  const api = await startService({
    runbooks,
    settings,
    env: { FIREBREAK_REDIS_URL: redis.url, FIREBREAK_ROLE: 'api', FIREBREAK_LOG_LEVEL: 'warn' },
  });
  const bare = await startBare(bareRedis.url);
  const whole = await startService({ runbooks, settings, env: { FIREBREAK_REDIS_URL: redis.url } });
  const atRest = memoryOf(whole.process().pid);
  await whole.stop();
  let worst = Infinity;
  try {
    console.log(
      `Webhooks acknowledged after an fsync; 50 connections, ${rounds} rounds of ${seconds} s each in turn, medians.`,
    );
    for (const perBody of [1, 50]) {
      for (const scenario of BENCH_SCENARIOS) {
        const { name, isNew } = scenario;
        const known = bodies({ ...scenario, isNew: false }, perBody);
        for (const body of known) await post(api.url, body);
        const measured: { ours: Hammered[]; limit: Hammered[] } = { ours: [], limit: [] };
        for (let round = 0; round < rounds; round++) {
          const load = isNew ? bodies(scenario, perBody) : known;
          measured.limit.push(await hammer(bare.url, load, seconds));
          measured.ours.push(await hammer(api.url, load, seconds));
        }
        const ratio = median(measured.ours.map((one, i) => one.perSecond / (measured.limit[i]?.perSecond ?? 1)));
        if (!isNew) worst = Math.min(worst, ratio);
        const failed = measured.ours.reduce((sum, one) => sum + one.failed, 0);
        console.log(`\n${perBody === 1 ? '1 alert' : `${perBody} alerts`} a body, ${name}`);
        console.log(line('Firebreak', measured.ours));
        console.log(line('bare limit (Fastify + one script)', measured.limit));
        console.log(`  ratio ${ratio.toFixed(2)}${failed > 0 ? `   ${failed} not acknowledged` : ''}`);
      }
    }
    console.log(`\nsmallest ratio ${worst.toFixed(2)}, without the new alerts (wanted 0.7, at least 0.5)`);
    console.log(
      `memory at rest ${atRest.toFixed(0)} MiB, the whole service in one process without Redis (wanted below 200)`,
    );
  } finally {
    for (const part of [api, bare, redis, bareRedis]) await part.stop();
  }
}

const [what, ...rest] = process.argv.slice(2);
if (what === 'comparison') await benchComparison(rest);
else if (what === 'eviction') await benchEviction(rest);
else if (what === 'tracing') await benchTracing(rest);
else await main();
