import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { post, webhookBody } from '../rig/alert-bodies.js';
import { moodFile, oraclePermissions, readOracle } from '../rig/oracle-plugin.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { rigProgram } from '../rig/project.js';
import { NO_GOVERNOR, startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

const EVERY_MS = 500;
/** What even a busy machine may need beside the interval: a wake-up, a sample, an announcement. */
const SLACK_MS = 5_000;
const STAGES = ['tenth', 'half', 'all'];

const stages = STAGES.map(
  (name) =>
    `    - { name: ${name}, uses: oracle/write, with: { name: ${name} }, verify: { probe: oracle/mood, every: ${EVERY_MS}ms, healthy: 4, unhealthy: 1, within: 30s } }`,
);
const RUNBOOK = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: shift, title: Shift by stages, owner: team-test }
spec:
  match: ['alertname="Trouble"']
  target: 'line/shop'
  mode: auto
  guards: { cooldown: 0s, storm: off, recurrence: off }
  steps:
${stages.join('\n')}
`;

const moment = z.string().transform((text) => Date.parse(text));
const judged = z.object({
  verdict: z.string().optional(),
  samples: z.array(z.object({ at: moment, status: z.string() })),
});
const page = z.object({
  items: z.array(
    z.object({
      phase: z.string(),
      outcome: z.string().optional(),
      steps: z.array(z.object({ state: z.string(), verification: judged.optional() })),
    }),
  ),
});
type Shown = z.output<typeof page>['items'][number];

describe('a switch by stages, by the real service', () => {
  const stops: (() => Promise<void>)[] = [];
  let log: string;
  let service: RigService;
  beforeEach(async () => {
    const oracle = rigFolder('oracle');
    log = join(oracle, 'log');
    stops.push(async () => removeFolder(oracle));
    service = await startService({
      runbooks: { 'shift.yaml': RUNBOOK },
      settings: `plugins: { oracle: { file: ${log} } }\n${oraclePermissions(log)}${NO_GOVERNOR}`,
      env: { FIREBREAK_PLUGINS: rigProgram('oracle-plugin.js'), FIREBREAK_LOG_LEVEL: 'warn' },
    });
    stops.push(service.stop);
    const labels = { alertname: 'Trouble', service: 'shop' };
    expect((await post(service.url, webhookBody([{ labels, startsAt: Date.now() }]))).status).toBe(202);
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });

  const writes = (): string[] => readOracle(log).map(({ verb, name }) => `${verb} ${name}`);
  const shown = async (): Promise<Shown | undefined> => {
    const answer = await fetch(`${service.url}/api/v1/executions`).catch(() => undefined);
    return answer === undefined ? undefined : page.parse(await answer.json()).items[0];
  };
  const ended = async (): Promise<Shown> => {
    let last: Shown | undefined;
    await waitFor('its end', async () => (last = await shown())?.phase === 'closed', 60_000);
    if (last === undefined) throw new Error('nothing was opened');
    return last;
  };

  it('goes back within one verification interval when a stage turns bad', { timeout: 90_000 }, async () => {
    const samples = async (): Promise<number> => (await shown())?.steps[1]?.verification?.samples.length ?? 0;
    await waitFor('a good sample of the second stage', async () => (await samples()) > 0, 30_000, 5);
    writeFileSync(moodFile(log), '');
    const badAt = Date.now();
    const { outcome, steps } = await ended();
    expect(outcome).toBe('reverted');
    expect(writes()).toEqual(['apply tenth', 'apply half', 'revert half', 'revert tenth']);
    const [first, last] = readOracle(log).filter(({ verb }) => verb === 'revert');
    const [began, over] = [(first?.at ?? NaN) - badAt, (last?.at ?? NaN) - badAt];
    console.log(`stages: taking back began ${began} ms after it was bad, and was done after ${over} ms`);
    expect(began).toBeLessThan(EVERY_MS + SLACK_MS);
    // the first sample that can see it is the last; one more may have been under way
    const since = steps[1]?.verification?.samples.filter(({ at }) => at >= badAt).map(({ status }) => status) ?? [];
    expect([['unhealthy'], ['healthy', 'unhealthy']]).toContainEqual(since);
    expect(steps.map(({ verification }) => verification?.verdict)).toEqual(['healthy', 'unhealthy', undefined]);
  });

  it('I4, I5: is brought to its end after kill -9 between two samples of a stage', { timeout: 120_000 }, async () => {
    for (const name of STAGES) {
      await waitFor(`the stage ${name}`, () => writes().includes(`apply ${name}`), 60_000, 5);
      await service.kill();
      await service.restart();
    }
    const { outcome, steps } = await ended();
    expect(outcome).toBe('succeeded');
    expect(writes()).toEqual(STAGES.map((name) => `apply ${name}`));
    for (const { verification } of steps) expect(verification?.samples.length).toBeGreaterThanOrEqual(4);
  });
});
