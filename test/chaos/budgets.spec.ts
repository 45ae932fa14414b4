import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { post, webhookBody } from '../rig/alert-bodies.js';
import { type OracleLine, oraclePermissions, readOracle } from '../rig/oracle-plugin.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { rigProgram } from '../rig/project.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

const WINDOW_MS = 5_000;
const LIMITS = { target: 1, runbook: 14, cluster: 2, pool: 2, service: 3 } as const;
const ALERTS = 1_000;
const TARGETS = 50;

const NAME = ['RUNBOOK', 'target', 'cluster', 'pool', 'service', 'n']
  .map((part) => (part === 'RUNBOOK' ? part : `{{labels.${part}}}`))
  .join(' ');

/** Two runbooks for the same alerts: they share the targets, the change budget and nothing else. */
const RUNBOOK = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: RUNBOOK, title: Write a line, owner: team-test }
spec:
  match: ['alertname="Trouble"', 'half="RUNBOOK"']
  target: 'thing/{{labels.target}}'
  mode: auto
  guards:
    cooldown: 5s
    rate: { limit: ${LIMITS.runbook}, per: 5s }
    blastRadius: BLAST
    storm: off
    recurrence: off
  steps: [{ name: write, uses: oracle/write, with: { name: '${NAME}' } }]
`;

const TOPOLOGY = `
apiVersion: firebreak/v1
kind: Topology
regions: { north: {} }
centers: { a: { region: north, vendor: v, role: serving, capacity: 1 } }
groups: { pool: { p0: 20, p1: 20, p2: 20, p3: 20, p4: 20 } }
`;

const SETTINGS = (log: string): string => `
plugins: { oracle: { file: ${log} } }
${oraclePermissions(log)}governor:
  changeBudget: { by: service, limit: ${LIMITS.service}, per: 5s }
`;

const answer = z.object({
  alerts: z.array(z.object({ decisions: z.array(z.object({ because: z.string().optional(), decision: z.string() })) })),
});
const page = z.object({ items: z.array(z.object({ phase: z.string() })) });

describe('a thousand alerts over fifty targets, two API and two worker processes, budgets of every kind', () => {
  const oracle = rigFolder('oracle');
  const log = join(oracle, 'log');
  let redis: RigRedis;
  let services: RigService[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    const named = (name: string, blast: string): string => RUNBOOK.replaceAll('RUNBOOK', name).replace('BLAST', blast);
    const options = {
      runbooks: {
        'one.yaml': named('one', `{ by: cluster, limit: ${LIMITS.cluster}, per: 5s }`),
        // a tenth of the twenty that the topology knows
        'two.yaml': named('two', `{ by: pool, percent: 10, per: 5s }`),
      },
      settings: SETTINGS(log),
      topology: TOPOLOGY,
    };
    const env = {
      FIREBREAK_REDIS_URL: redis.url,
      FIREBREAK_PLUGINS: rigProgram('oracle-plugin.js'),
      FIREBREAK_LOG_LEVEL: 'error',
    };
    const start = (role: string) => startService({ ...options, env: { ...env, FIREBREAK_ROLE: role } });
    services = await Promise.all([start('api'), start('api'), start('worker'), start('worker')]);
  }, 90_000);
  afterAll(async () => {
    for (const service of services) await service.stop();
    await redis.stop();
    removeFolder(oracle);
  });

  it('I9: no limit is ever exceeded at the target', { timeout: 240_000 }, async () => {
    const [first = '', second = ''] = services.map((service) => service.url);
    const reasons = await sendAll([first, second]);
    const ended = async (): Promise<true | undefined> => {
      const open = ['planning', 'applying', 'verifying'].map(async (phase) => {
        const read = page.parse(await (await fetch(`${first}/api/v1/executions?phase=${phase}&limit=1`)).json());
        return read.items.length;
      });
      return (await Promise.all(open)).every((count) => count === 0) ? true : undefined;
    };
    await waitFor('every execution to end', ended, 60_000, 200);
    const writes = readOracle(log).map(seen);
    const slack = Math.max(...(await lateness(services, writes)));
    const counted = Object.entries(LIMITS).map(([kind, limit]) => {
      // a window begins with the intents: late writes may lie closer together than their intents did, or further apart
      const most = mostWithin(writes, kind, WINDOW_MS - slack);
      const reached = mostWithin(writes, kind, WINDOW_MS + slack);
      return { kind, limit, most, reached };
    });
    console.log(
      `budgets: ${writes.length} writes of ${ALERTS} alerts; ` +
        counted.map(({ kind, limit, most }) => `${kind} ${most} of ${limit}`).join(', ') +
        `; latest write ${slack} ms after its intent; refused: ${[...reasons].map((one) => one.join(' ')).join(', ')}`,
    );
    expect(counted.filter(({ limit, most }) => most > limit)).toEqual([]);
    // each of the limits was really reached, so that none of them was only never tried
    expect(counted.filter(({ limit, reached }) => reached < limit)).toEqual([]);
    for (const because of ['cooldown', 'blast-radius', 'change-budget', 'rate'])
      expect(reasons.get(because) ?? 0, because).toBeGreaterThan(0);
    expect(new Set(writes.map((one) => one.key)).size).toBe(writes.length);
  });
});

/** Posts all alerts from eight senders, spread over about three windows; gives how often each reason was given. */
async function sendAll(urls: readonly string[]): Promise<Map<string, number>> {
  const reasons = new Map<string, number>();
  const began = Date.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: 8 }, async (_, sender) => {
      for (let n = next++; n < ALERTS; n = next++) {
        const due = began + (n * 3 * WINDOW_MS) / ALERTS;
        await waitFor('the moment to send', async () => (Date.now() >= due ? true : undefined), 30_000, 2);
        const { status, text } = await post(urls[sender % urls.length] ?? '', webhookBody([alertOf(n)]));
        expect(status).toBe(202);
        for (const { decisions } of answer.parse(JSON.parse(text)).alerts) {
          for (const { because = 'opened' } of decisions) reasons.set(because, (reasons.get(because) ?? 0) + 1);
        }
      }
    }),
  );
  return reasons;
}

function alertOf(n: number): { labels: Record<string, string>; startsAt: number } {
  const target = n % TARGETS;
  const labels = {
    alertname: 'Trouble',
    half: n % 3 === 0 ? 'two' : 'one',
    target: `t${target}`,
    cluster: `c${target % 10}`,
    pool: `p${target % 5}`,
    service: `s${target % 9}`,
    n: String(n),
  };
  return { labels, startsAt: Date.now() - 1_000 };
}

type Write = OracleLine & { readonly group: Readonly<Record<string, string>> };

/** What a written name says about where it was written to; a group that the runbook has no limit for counts for itself. */
function seen(line: OracleLine): Write {
  const [runbook = '', target = '', cluster = '', pool = '', service = ''] = line.name.split(' ');
  const group = {
    target,
    runbook,
    service,
    cluster: runbook === 'one' ? cluster : `none ${line.key}`,
    pool: runbook === 'two' ? pool : `none ${line.key}`,
  };
  return { ...line, group };
}

/** The most writes of one group that lie within a span of time. */
function mostWithin(writes: readonly Write[], kind: string, spanMs: number): number {
  const counts = writes.map(
    ({ at, group }) =>
      writes.filter((other) => other.group[kind] === group[kind] && other.at >= at && other.at < at + spanMs).length,
  );
  return Math.max(0, ...counts);
}

const journal = z.object({
  items: z.array(
    z.looseObject({
      at: z.string(),
      event: z.looseObject({ type: z.string(), intent: z.looseObject({ key: z.string() }).optional() }),
    }),
  ),
});

/** How long after its saved intent each line was written: the budget's window begins with the intent. */
async function lateness(services: readonly RigService[], writes: readonly Write[]): Promise<number[]> {
  const url = services[0]?.url ?? '';
  const written = new Map(writes.map((write) => [write.key, write.at]));
  const late: number[] = [];
  const all = z.object({ items: z.array(z.object({ id: z.string() })), cursor: z.string().optional() });
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const read: z.infer<typeof all> = all.parse(
      await (await fetch(`${url}/api/v1/executions?phase=closed&limit=500${query}`)).json(),
    );
    for (const { id } of read.items) {
      const { items } = journal.parse(await (await fetch(`${url}/api/v1/executions/${id}/journal`)).json());
      for (const { at, event } of items) {
        const known = event.type === 'apply-intended' ? written.get(event.intent?.key ?? '') : undefined;
        if (known !== undefined) late.push(Math.max(0, known - Date.parse(at)));
      }
    }
    ({ cursor } = read);
  }
  return late;
}
