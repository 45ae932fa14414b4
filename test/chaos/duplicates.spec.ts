import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { post } from '../rig/alert-bodies.js';
import { oraclePermissions, readOracle } from '../rig/oracle-plugin.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { rigProgram } from '../rig/project.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { NO_GOVERNOR, startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

const RUNBOOK = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: NAME, title: Answer everything, owner: team-test }
spec:
  match: MATCH
  target: 'alert/{{alert.fingerprint}}/NAME'
  mode: auto
  guards: { cooldown: 0s, maxAlertAge: 366d, storm: off, recurrence: off }
  steps: [{ name: write, uses: oracle/write, with: { name: 'NAME {{alert.fingerprint}}' } }]
`;

const capture = z.looseObject({
  alerts: z.array(
    z.looseObject({ fingerprint: z.string(), status: z.string(), startsAt: z.string(), endsAt: z.string() }),
  ),
});
const page = z.object({
  items: z.array(
    z.object({
      phase: z.string(),
      outcome: z.string().optional(),
      runbook: z.string(),
      alert: z.object({ fingerprint: z.string() }),
    }),
  ),
  cursor: z.string().optional(),
});

/** The captures are moved to the present, all by the same time. */
const RECORDED = Date.parse('2026-11-21T05:00:00Z');
const LATER_BY = Date.now() - RECORDED;
const folder = new URL('../fixtures/captures/', import.meta.url);
const bodies = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => capture.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))))
  .map((body) => ({
    ...body,
    alerts: body.alerts.map((alert) => ({ ...alert, startsAt: moved(alert.startsAt), endsAt: moved(alert.endsAt) })),
  }));

function moved(time: string): string {
  return time.startsWith('0001') ? time : new Date(Date.parse(time) + LATER_BY).toISOString();
}

/** Real incidents of each alert: its different starts, except where a pair of servers saw one incident at two times. */
function incidents(): Map<string, number> {
  const starts = new Map<string, Set<string>>();
  for (const { fingerprint, startsAt } of bodies.flatMap((body) => body.alerts)) {
    starts.set(fingerprint, (starts.get(fingerprint) ?? new Set()).add(startsAt));
  }
  const ONE_SEEN_TWICE = ['2a04e7a82d165405', '52196cd4ce7fe6bb'];
  return new Map(
    [...starts].map(([fingerprint, seen]) => [fingerprint, ONE_SEEN_TWICE.includes(fingerprint) ? 1 : seen.size]),
  );
}

describe('every captured body five times, in random order, through two API processes', () => {
  const oracle = rigFolder('oracle');
  const log = join(oracle, 'log');
  let redis: RigRedis;
  let services: RigService[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    const named = (name: string, match: string): string => RUNBOOK.replaceAll('NAME', name).replace('MATCH', match);
    const options = {
      runbooks: { 'one.yaml': named('one', `['severity=~".+"']`), 'two.yaml': named('two', `['alertname=~".+"']`) },
      settings: `plugins: { oracle: { file: ${log} } }\n${oraclePermissions(log)}${NO_GOVERNOR}`,
    };
    const env = {
      FIREBREAK_REDIS_URL: redis.url,
      FIREBREAK_PLUGINS: rigProgram('oracle-plugin.js'),
      FIREBREAK_LOG_LEVEL: 'error',
    };
    const start = (role: string) => startService({ ...options, env: { ...env, FIREBREAK_ROLE: role } });
    services = await Promise.all([start('api'), start('api'), start('worker')]);
  }, 60_000);
  afterAll(async () => {
    for (const service of services) await service.stop();
    await redis.stop();
    removeFolder(oracle);
  });

  it(
    'I3, I4: one execution per incident, runbook and target, and one effect for each',
    { timeout: 120_000 },
    async () => {
      const queue = Array.from({ length: 5 }, () => bodies)
        .flat()
        .map((body) => ({ body, order: Math.random() }));
      queue.sort((a, b) => a.order - b.order);
      const [first, second] = services.map((service) => service.url);
      await Promise.all(
        Array.from({ length: 8 }, async (_, sender) => {
          for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
            const { status } = await post((sender % 2 ? first : second) ?? '', JSON.stringify(next.body));
            expect(status).toBe(202);
          }
        }),
      );
      const executions = await waitFor('every execution to end', () => allEnded(first ?? ''), 60_000, 200);
      const opened = new Map<string, number>();
      for (const { runbook, alert } of executions) {
        const key = `${runbook} ${alert.fingerprint}`;
        opened.set(key, (opened.get(key) ?? 0) + 1);
      }
      const allowed = incidents();
      expect([...opened].filter(([key, count]) => count > (allowed.get(key.split(' ')[1] ?? '') ?? 0))).toEqual([]);
      expect(opened.size).toBeGreaterThan(600);

      const effects = readOracle(log);
      expect(new Set(effects.map((effect) => effect.key)).size).toBe(effects.length);
      // the others resolved before anything was begun
      expect(new Set(executions.map((one) => one.outcome))).toSatisfy((seen: Set<string>) =>
        [...seen].every((outcome) => outcome === 'succeeded' || outcome === 'not-needed'),
      );
      expect(effects).toHaveLength(executions.filter((one) => one.outcome === 'succeeded').length);
    },
  );
});

async function allEnded(url: string): Promise<z.infer<typeof page>['items'] | undefined> {
  const items: z.infer<typeof page>['items'] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const answer = await fetch(
      `${url}/api/v1/executions?limit=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    const read: z.infer<typeof page> = page.parse(await answer.json());
    items.push(...read.items);
    ({ cursor } = read);
  }
  return items.every((one) => one.phase === 'closed') ? items : undefined;
}
