import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { post, webhookBody } from './alert-bodies.js';
import { startBare } from './bench-bare.js';
import { BENCH_POOL, BENCH_RUNBOOK, BENCH_SCENARIOS, type BenchScenario } from './bench-scenarios.js';
import { hammer, type Hammered } from './hammer.js';
import { startOtlp } from './otlp.js';
import { startRedis } from './redis.js';
import { NO_GOVERNOR, startService } from './service.js';

/**
 * `npm run bench -- tracing`: what tracing costs on the way of a webhook. The service without tracing, the service that sends
 * every span to a real receiver on this machine, and the bare limit take turns in one run; what counts is the ratio. Beside what
 * was acknowledged stands what processor time the service used for it, which a machine that has others to serve disturbs less.
 */
const NEW_ALERTS = 20_000;

const PLACES = ['bare', 'off', 'on'] as const;
type Place = (typeof PLACES)[number];

/** A round, with the processor time of the service for each webhook, in microseconds. */
interface Round extends Hammered {
  readonly cpuMicros: number;
}

interface Server {
  readonly url: string;
  readonly pid: number;
}

let sent = BENCH_POOL;

function bodies({ alertname, isNew }: Pick<BenchScenario, 'alertname' | 'isNew'>, perBody: number): string[] {
  const size = isNew ? NEW_ALERTS : BENCH_POOL;
  const from = isNew ? sent : 0;
  sent += isNew ? size : 0;
  const alerts = Array.from({ length: size }, (_, i) => ({
    labels: { alertname, instance: `host-${from + i}.example.org:9100`, job: 'node', center: i % 2 ? 'a' : 'b' },
    startsAt: Date.now() - 5_000,
  }));
  return Array.from({ length: size / perBody }, (_, i) => webhookBody(alerts.slice(i * perBody, (i + 1) * perBody)));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Measures one scenario in every place in turn, beginning with another one each time. */
async function measure(
  scenario: BenchScenario,
  {
    servers,
    perBody,
    rounds,
    seconds,
  }: { servers: Record<Place, Server>; perBody: number; rounds: number; seconds: number },
): Promise<Record<Place, Round[]>> {
  const measured: Record<Place, Round[]> = { bare: [], off: [], on: [] };
  const known = bodies({ ...scenario, isNew: false }, perBody);
  for (const place of ['off', 'on'] as const) for (const body of known) await post(servers[place].url, body);
  // code that is new is slow, and there is more of it with tracing
  for (const place of PLACES) await hammer(servers[place].url, known, seconds);
  for (let round = 0; round < rounds; round++) {
    const load = scenario.isNew ? bodies(scenario, perBody) : known;
    for (const i of PLACES.keys()) {
      const place = PLACES[(round + i) % PLACES.length] ?? 'bare';
      measured[place].push(await roundOf(servers[place], load, seconds));
    }
  }
  return measured;
}

async function roundOf({ url, pid }: Server, load: readonly string[], seconds: number): Promise<Round> {
  const before = cpuMicros(pid);
  const hammered = await hammer(url, load, seconds);
  return { ...hammered, cpuMicros: (cpuMicros(pid) - before) / Math.max(1, hammered.perSecond * seconds) };
}

/** All that a process has used so far, as the kernel counts it: in hundredths of a second. */
function cpuMicros(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function report(name: string, measured: Record<Place, Round[]>): { readonly rate: number; readonly cpu: number } {
  const ratio = (a: Place, b: Place): number =>
    median(measured[a].map((one, i) => one.perSecond / (measured[b][i]?.perSecond ?? 1)));
  const names = {
    bare: 'bare limit (Fastify + one script)',
    off: 'without tracing',
    on: 'with tracing, all that is new sent',
  };
  console.log(`\n${name}`);
  for (const place of PLACES) {
    const rate = Math.round(median(measured[place].map((one) => one.perSecond)));
    const p99 = median(measured[place].map((one) => one.p99Ms)).toFixed(1);
    const cpu = Math.round(median(measured[place].map((one) => one.cpuMicros)));
    console.log(
      `  ${names[place].padEnd(37)}${String(rate).padStart(8)} webhooks/s   p99 ${p99.padStart(7)} ms   ${String(cpu).padStart(7)} us of processor each`,
    );
  }
  const cpu = median(measured.on.map((one, i) => one.cpuMicros / Math.max(1, measured.off[i]?.cpuMicros ?? 1)));
  const failed = [...measured.off, ...measured.on].reduce((sum, one) => sum + one.failed, 0);
  console.log(
    `  ratio on/off ${ratio('on', 'off').toFixed(2)}, of processor time ${cpu.toFixed(2)}   to the bare limit: off ${ratio('off', 'bare').toFixed(2)}, on ${ratio('on', 'bare').toFixed(2)}${failed > 0 ? `   ${failed} not acknowledged` : ''}`,
  );
  return { rate: ratio('on', 'off'), cpu };
}

/** Runs it. */
export async function benchTracing(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '4' },
      alerts: { type: 'string', default: '1,50' },
      sampler: { type: 'string', default: 'parentbased_always_on' },
    },
  });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  const settings = 'plugins: { cut-over-center: { endpoint: "127.0.0.1:1" } }\n' + NO_GOVERNOR;
  const stops: (() => Promise<void>)[] = [];
  const started = async <T extends { readonly stop: () => Promise<void> }>(part: Promise<T>): Promise<T> => {
    const it = await part;
    stops.push(it.stop);
    return it;
  };
  const serve = async (more: Record<string, string>): Promise<Server> => {
    const redis = await started(startRedis());
    const env = { FIREBREAK_REDIS_URL: redis.url, FIREBREAK_ROLE: 'api', FIREBREAK_LOG_LEVEL: 'warn', ...more };
    const service = await started(startService({ runbooks: { 'bench.yaml': BENCH_RUNBOOK }, settings, env }));
    return { url: service.url, pid: service.process().pid };
  };
  try {
    const otlp = await started(startOtlp());
    const servers = {
      bare: await started(startBare((await started(startRedis())).url)),
      off: await serve({}),
      on: await serve({ OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url, OTEL_TRACES_SAMPLER: values.sampler }),
    };
    console.log(
      `What tracing costs on the way of a webhook (${values.sampler}); 50 connections, ${rounds} rounds of ${seconds} s each in turn, medians.`,
    );
    const ratios: { readonly rate: number; readonly cpu: number }[] = [];
    for (const perBody of values.alerts.split(',').map(Number))
      for (const scenario of BENCH_SCENARIOS) {
        const name = `${perBody === 1 ? '1 alert' : `${perBody} alerts`} a body, ${scenario.name}`;
        ratios.push(report(name, await measure(scenario, { servers, perBody, rounds, seconds })));
      }
    const least = Math.min(...ratios.map(({ rate }) => rate)).toFixed(2);
    const most = Math.max(...ratios.map(({ cpu }) => cpu)).toFixed(2);
    console.log(
      `\nsmallest ratio ${least} (wanted at least 0.90), largest of processor time ${most} (wanted at most 1.10); ${otlp.spans().length} spans arrived`,
    );
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}
