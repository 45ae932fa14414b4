import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { post, webhookBody } from '../rig/alert-bodies.js';
import { type OracleLine, oraclePermissions, readOracle } from '../rig/oracle-plugin.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { builtProgram, rigProgram } from '../rig/project.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { NO_GOVERNOR, startService, type RigService } from '../rig/service.js';
import { startTap } from '../rig/tap.js';
import { waitFor } from '../rig/wait-for.js';

const EXECUTIONS = 100;
const STEPS = 4;
/** Where a command has to be started first, which takes its time on a busy machine. */
const MANY_STEPS = 10;
/** From its intent to its write: longer than a pause may take, so that only a fence can stop what is announced already. */
const TAKES_MS = 1_500;
/** More than the first step of each is done by then, and most are still to come. */
const IN_THE_MIDDLE = 120;

const step = (i: number): string =>
  `    - { name: s${i}, uses: oracle/write, with: { name: '{{labels.i}} s${i}', takesMs: ${TAKES_MS} } }`;
const runbookOf = (steps: number): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: write, title: Write lines, owner: team-test }
spec:
  match: ['alertname="Trouble"']
  target: 'thing/{{labels.i}}'
  mode: auto
  guards: { cooldown: 0s, storm: off, recurrence: off }
  steps:
${Array.from({ length: steps }, (_, i) => step(i)).join('\n')}
`;

const pauses = z.object({ items: z.array(z.object({ id: z.string() })) });
const page = z.object({ items: z.array(z.object({ phase: z.string(), outcome: z.string().optional() })) });

const told = (ms: number): string => (ms < 0 ? `${-ms} ms before` : `${ms} ms after`);

describe('the kill switch, pulled while a hundred executions are at work', () => {
  const stops: (() => Promise<void>)[] = [];
  let redis: RigRedis;
  let log: string;
  let steps = STEPS;
  beforeEach(async () => {
    steps = STEPS;
    const oracle = rigFolder('oracle');
    log = join(oracle, 'log');
    redis = await startRedis();
    stops.push(async () => removeFolder(oracle), redis.stop);
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });

  const start = async (role: string, url = redis.url): Promise<RigService> => {
    const service = await startService({
      runbooks: { 'write.yaml': runbookOf(steps) },
      settings: `plugins: { oracle: { file: ${log} } }\n${oraclePermissions(log)}${NO_GOVERNOR}`,
      env: {
        FIREBREAK_ROLE: role,
        FIREBREAK_REDIS_URL: url,
        FIREBREAK_PLUGINS: rigProgram('oracle-plugin.js'),
        FIREBREAK_LOG_LEVEL: 'warn',
      },
    });
    stops.push(service.stop);
    return service;
  };

  async function untilInTheMiddle({ url }: RigService): Promise<void> {
    const alerts = Array.from({ length: EXECUTIONS }, (_, i) => ({
      labels: { alertname: 'Trouble', i: String(i) },
      startsAt: Date.now(),
    }));
    expect((await post(url, webhookBody(alerts))).status).toBe(202);
    await waitFor('the work to be half done', () => readOracle(log).length >= IN_THE_MIDDLE, 30_000, 5);
  }

  /** Pulls the switch over HTTP, and gives when the answer came. */
  async function pull({ url }: RigService): Promise<number> {
    const { status } = await post(url, JSON.stringify({ scope: 'all', reason: 'a test' }), '/api/v1/pauses');
    expect(status).toBe(201);
    return Date.now();
  }

  /** How much later than a moment the latest effect was, once none can come any more. */
  async function latest(since: number, allowedMs: number, of = (_: OracleLine): boolean => true): Promise<number> {
    const quietFrom = since + allowedMs + 2 * TAKES_MS;
    await waitFor('all to be quiet', () => Date.now() > quietFrom, 30_000, 100);
    const lines = readOracle(log);
    expect(lines.length, 'there was something left to stop').toBeLessThan(EXECUTIONS * steps);
    return Math.max(...lines.filter(of).map((line) => line.at)) - since;
  }

  /** Lifts the pause: what was stopped goes on, and nothing is lost or done twice. */
  async function goesOnWhenLifted({ url }: RigService): Promise<void> {
    const { items } = pauses.parse(await (await fetch(`${url}/api/v1/pauses`)).json());
    for (const { id } of items) await fetch(`${url}/api/v1/pauses/${id}`, { method: 'DELETE' });
    const ended = await waitFor(
      'every execution to end',
      async () => {
        const read = page.parse(await (await fetch(`${url}/api/v1/executions?limit=500`)).json()).items;
        return read.every((one) => one.phase === 'closed') && read;
      },
      120_000,
      200,
    );
    expect(new Set(ended.map((one) => one.outcome))).toEqual(new Set(['succeeded']));
    const keys = readOracle(log).map((line) => line.key);
    expect(keys).toHaveLength(EXECUTIONS * steps);
    expect(new Set(keys).size).toBe(EXECUTIONS * steps);
  }

  it('I10: over HTTP: nothing later than a second after the answer', { timeout: 180_000 }, async () => {
    const [one, two] = await Promise.all([start('all'), start('all')]);
    await untilInTheMiddle(one);
    const late = await latest(await pull(two), 1_000);
    console.log(`paused over HTTP: the latest effect came ${told(late)} the answer`);
    expect(late).toBeLessThan(1_000);
    await goesOnWhenLifted(one);
  });

  it('I10: by the command while the API process stands still: the same', { timeout: 180_000 }, async () => {
    steps = MANY_STEPS;
    const [api] = await Promise.all([start('api'), start('worker')]);
    await untilInTheMiddle(api);
    api.process().signal('SIGSTOP');
    const command = [builtProgram('src/cli/main.js'), 'pause', 'all', '--reason', 'a test'];
    const { stdout } = await promisify(execFile)(process.execPath, command, {
      env: { PATH: process.env['PATH'], FIREBREAK_REDIS_URL: redis.url },
    });
    const answered = Date.now();
    expect(stdout).toContain('paused all');
    const late = await latest(answered, 1_000);
    console.log(`paused by the command: the latest effect came ${told(late)} its end`);
    expect(late).toBeLessThan(1_000);
    api.process().signal('SIGCONT');
    await goesOnWhenLifted(api);
  });

  it('I10: a worker that is cut off from Redis: nothing later than five seconds', { timeout: 180_000 }, async () => {
    const tap = await startTap(`127.0.0.1:${redis.port}`);
    stops.push(tap.stop);
    const [connected, lost] = await Promise.all([start('all'), start('worker', `redis://${tap.address}`)]);
    await untilInTheMiddle(connected);
    tap.cut();
    const answered = await pull(connected);
    const isLost = (line: OracleLine): boolean => line.pid === lost.process().pid;
    expect(readOracle(log).some(isLost)).toBe(true);
    const late = await latest(answered, 5_000, isLost);
    console.log(`paused while cut off: the latest effect came ${told(late)} the answer`);
    expect(late).toBeLessThan(5_000);
    expect(await latest(answered, 1_000, (line) => !isLost(line))).toBeLessThan(1_000);
    expect(lost.process().output(200)).toContain('nothing is begun here until the store says again');
    await lost.kill();
    await goesOnWhenLifted(connected);
  });

  it('I10: a worker that stands still meanwhile: nothing when it goes on', { timeout: 180_000 }, async () => {
    const [api, worker] = await Promise.all([start('api'), start('worker')]);
    await untilInTheMiddle(api);
    worker.process().signal('SIGSTOP');
    const answered = await pull(api);
    await waitFor('more than a second', () => Date.now() > answered + 1_500, 30_000);
    worker.process().signal('SIGCONT');
    const late = await latest(answered, 1_000);
    console.log(`paused while it stood still: the latest effect came ${told(late)} the answer`);
    expect(late).toBeLessThan(1_000);
    await goesOnWhenLifted(api);
  });

  it(
    'I10: while Redis does not answer nothing is begun, and all goes on afterwards',
    { timeout: 180_000 },
    async () => {
      const [one] = await Promise.all([start('all'), start('all')]);
      await untilInTheMiddle(one);
      redis.process().signal('SIGSTOP');
      const late = await latest(Date.now(), 5_000);
      console.log(`Redis stands still: the latest effect came ${told(late)} that`);
      expect(late).toBeLessThan(5_000);
      redis.process().signal('SIGCONT');
      await goesOnWhenLifted(one);
    },
  );

  it('I10: is in force again after everything was killed and started again', { timeout: 180_000 }, async () => {
    const services = await Promise.all([start('all'), start('worker')]);
    const [api] = services;
    await untilInTheMiddle(api);
    await pull(api);
    await Promise.all([...services.map((service) => service.kill()), redis.kill()]);
    const before = readOracle(log).length;
    await redis.restart();
    await Promise.all(services.map((service) => service.restart()));
    expect((await fetch(`${api.url}/-/reload`, { method: 'POST' })).status).toBeLessThan(300);
    await latest(Date.now(), 1_000);
    expect(readOracle(log)).toHaveLength(before);
    await goesOnWhenLifted(api);
  });
});
