import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { evolve } from '../../src/core/evolve.js';
import { RedisExecutionStore } from '../../src/engine/redis-execution-store.js';
import { STORIES } from '../../src/testing/course-stories.js';
import { T0 } from '../../src/testing/courses.js';
import { webhookBody } from '../rig/alert-bodies.js';
import { installed } from '../rig/installed.js';
import { startQuickPrometheus, type QuickPrometheus } from '../rig/quick-prometheus.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { turnedRedis, type TurnedRedis } from '../rig/turned-redis.js';
import { startApi, tokenOf, type ApiApp } from './api-app.js';
import { decisionsBy, eventsBy, inOrder, shownNow, standingsBy, type Told } from './read-api-kit.js';

const run = promisify(execFile);
const PREFIX = '{fb}:';
const DONE = T0 + 1_200_000;
/** When the API is asked how everything stands, to be compared with what the read API says of it later. */
const LOOKS = [1, 2.5, 30, 61, 100, 301, 410, 420, 500, 1_000].map((seconds) => T0 + seconds * 1_000);

const vector = z.array(
  z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
);
const matrix = z.array(
  z.object({
    metric: z.record(z.string(), z.string()),
    values: z.array(z.tuple([z.number(), z.string()])),
  }),
);
const byNumber = (a: number, b: number): number => a - b;
const named = z.record(z.string(), z.unknown());
const labelSets = z.array(z.record(z.string(), z.string()));

describe('a Prometheus data source at a Firebreak with a known history on a real Redis', () => {
  let rig: RigRedis;
  let turned: TurnedRedis;
  let subscriber: Redis;
  let api: ApiApp;
  let port: number;
  const then = new Map<number, Told[]>();

  beforeAll(async () => {
    rig = await startRedis();
    turned = turnedRedis(rig.url);
    subscriber = new Redis(rig.url);
    await turned.turn(PREFIX, T0);
    const store = new RedisExecutionStore(turned.redis, subscriber, { prefix: PREFIX });
    api = await startApi({ store: () => store, start: T0 });
    await api.nest.listen(0, '127.0.0.1');
    port = Number(new URL(await api.nest.getUrl()).port);
    for (const { execution } of Object.values(STORIES)) await store.open(execution, []);
    const alerts = ['shop', 'pay', 'mail'].map((service) => ({
      labels: { alertname: 'CenterDown', service, runbook: 'careful', severity: 'critical' },
      startsAt: T0 - 1_000,
    }));
    for (let i = 0; i < 2; i++)
      expect((await api.send('POST', '/api/v1/alert/trigger', 'source', webhookBody(alerts))).status).toBe(202);
    const happened = Object.values(STORIES)
      .flatMap((course) => course.happened.map((one) => ({ ...one, id: course.execution.id })))
      .sort((a, b) => a.at - b.at);
    let looks = [...LOOKS];
    const look = async (until: number): Promise<void> => {
      for (const at of looks.filter((one) => one < until)) then.set(at, standingsBy(await shownNow(api)));
      looks = looks.filter((one) => one >= until);
    };
    for (const { at, event, id } of happened) {
      await look(at);
      await turned.turn(PREFIX, at);
      const before = await store.get(id);
      const evolved = before && evolve(before.execution, event, at);
      if (before === undefined || evolved?.ok !== true) throw new Error(`${id} does not answer to ${event.type}`);
      expect(await store.append({ before, event, next: evolved.next, at })).toMatchObject({ saved: 'yes' });
    }
    await look(Infinity);
    await turned.turn(PREFIX, DONE);
  }, 60_000);
  afterAll(async () => {
    await api.close();
    subscriber.disconnect();
    turned.redis.disconnect();
    await rig.stop();
  });

  /** The name and the secret of a token are basic auth; the path is where the read API begins. */
  const server = (): string => `http://viewer:${tokenOf('viewer')}@127.0.0.1:${port}/prometheus`;
  const promtool = async (...args: readonly string[]): Promise<string> =>
    (await run(installed('promtool'), ['query', ...args])).stdout;
  async function instant(query: string, at: number): Promise<Told[]> {
    const said = await promtool('-o', 'json', 'instant', `--time=${at / 1_000}`, server(), query);
    return vector.parse(JSON.parse(said)).map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  describe('promtool, the client of Prometheus itself, is told', () => {
    it.each(LOOKS.map((at) => [(at - T0) / 1_000, at]))('after %d s what the API said then', async (_s, at) => {
      const said = await instant('{__name__=~"firebreak_(execution(_running)?|pending_approval_info)"}', at);
      expect(inOrder(said)).toEqual(inOrder(then.get(at) ?? []));
      expect(said.length).toBeGreaterThan(40);
      // what is open is looked for in another way
      const isOpen = ({ labels }: Told): boolean => labels['__name__'] === 'firebreak_execution_running';
      expect(inOrder(await instant('firebreak_execution_running', at))).toEqual(
        inOrder((then.get(at) ?? []).filter(isOpen)),
      );
    });

    it('of journals and decisions what the API says, up to each time', async () => {
      const events = await eventsBy(
        api,
        (await shownNow(api)).map(({ id }) => id),
      );
      for (const at of [T0, T0 + 60_000, DONE]) {
        const upTo = events.filter((one) => one.at <= at).map(({ value }) => value);
        const said = await instant('firebreak_journal_event', at);
        expect(said.map(({ value }) => value).sort(byNumber)).toEqual(upTo.sort(byNumber));
      }
      const decisions = await decisionsBy(api);
      const said = await instant('firebreak_decision', DONE);
      expect(said.map(({ value }) => value)).toEqual(decisions.map(({ value }) => value));
      const counts = new Map<string, number>();
      for (const { labels } of decisions)
        counts.set(labels['decision'] ?? '', (counts.get(labels['decision'] ?? '') ?? 0) + 1);
      expect([...counts.keys()].sort()).toEqual(['noted', 'opened', 'suppressed']);
      expect(inOrder(await instant('count by (decision) (firebreak_decision)', DONE))).toEqual(
        inOrder([...counts].map(([decision, value]) => ({ labels: { decision }, value }))),
      );
    });

    it('over time the same as at each time', async () => {
      const [start, end, step] = [T0 - 30_000, DONE, 30_000];
      const query = 'count by (phase, outcome) (firebreak_execution)';
      const times = [`--start=${start / 1_000}`, `--end=${end / 1_000}`, `--step=${step / 1_000}s`];
      const said = matrix.parse(JSON.parse(await promtool('-o', 'json', 'range', ...times, server(), query)));
      for (let at = start; at <= end; at += step * 5) {
        const there = said.flatMap(({ metric, values }) =>
          values.flatMap(([t, value]) => (t * 1_000 === at ? [{ labels: metric, value: Number(value) }] : [])),
        );
        expect(inOrder(there)).toEqual(inOrder(await instant(query, at)));
      }
      expect(said.length).toBeGreaterThan(8);
    });

    it('the series of a stretch of time, and the values of a label', async () => {
      const stretch = [`--start=${T0 / 1_000}`, `--end=${(T0 + 110_000) / 1_000}`];
      const match = '--match=firebreak_execution{execution_id="rejected"}';
      const said = await promtool('-o', 'json', 'series', ...stretch, match, server());
      const phases = labelSets.parse(JSON.parse(said)).map(({ phase }) => phase ?? '');
      expect(phases.sort()).toEqual(['awaiting-approval', 'closed', 'planning']);
      const after = [`--start=${(T0 + 100_000) / 1_000}`, `--end=${(T0 + 110_000) / 1_000}`];
      const left = labelSets.parse(JSON.parse(await promtool('-o', 'json', 'series', ...after, match, server())));
      expect(left.map(({ phase }) => phase)).toEqual(['closed']);
      const outcomes = (await promtool('labels', server(), 'outcome')).trim().split('\n');
      const shown = new Set((await shownNow(api)).flatMap(({ outcome }) => (outcome === '' ? [] : [outcome])));
      expect(outcomes).toEqual([...shown].sort());
    });

    it('why something is not understood', async () => {
      const refused = await instant('rate(firebreak_execution[5m])', DONE).catch((error: unknown) => String(error));
      expect(refused).toContain('bad_data: invalid parameter "query": 1:1: not understood here: a function');
    });
  });

  it('rolling back is on offer exactly for what the API then takes back', { timeout: 120_000 }, async () => {
    const offered = (await instant('firebreak_rollback_available_info', DONE)).map(
      ({ labels }) => labels['execution_id'] ?? '',
    );
    const all = (await shownNow(api)).map(({ id }) => id);
    const taken: string[] = [];
    for (const id of all) {
      const { status } = await api.send('POST', `/api/v1/executions/${id}/revert`, 'approver', { reason: 'a test' });
      if (status < 300) taken.push(id);
    }
    expect(offered.sort()).toEqual(taken.sort());
    expect(taken.length).toBeGreaterThan(2);
  });

  describe('Grafana', () => {
    const ask = async (
      path: string,
      form?: Readonly<Record<string, string>>,
      headers: Record<string, string> = { authorization: `Bearer ${tokenOf('viewer')}` },
    ) => {
      const answer = await fetch(`http://127.0.0.1:${port}/prometheus/api/v1/${path}`, {
        headers,
        ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      });
      const text = await answer.text();
      return { status: answer.status, type: answer.headers.get('content-type'), json: JSON.parse(text) };
    };
    const [start, end] = [String(T0 / 1_000), String(DONE / 1_000)];

    it('finds the data source well, and takes it for a Prometheus', async () => {
      expect(await ask('query', { query: '1+1', time: '4' })).toEqual({
        status: 200,
        type: 'application/json',
        json: { status: 'success', data: { resultType: 'scalar', result: [4, '2'] } },
      });
      const { json } = await ask('status/buildinfo');
      expect(json.data).toMatchObject({ version: expect.stringMatching(/^2\.42\.0/) });
      expect(json.data.features).toBeUndefined();
    });

    it('fills its editors: names, what they mean, labels, their values, series', async () => {
      const about = { start, end, limit: '40000' };
      const names = await ask(`label/__name__/values?${new URLSearchParams(about)}`);
      const { json: metadata } = await ask('metadata?limit=40000');
      expect(names.json.data).toHaveLength(6);
      expect(Object.keys(named.parse(metadata.data)).sort()).toEqual(names.json.data);
      const { json: labels } = await ask('labels', about);
      expect(labels.data).toEqual(expect.arrayContaining(['__name__', 'runbook', 'phase', 'because']));
      const runbooks = await ask(
        `label/runbook/values?${new URLSearchParams({ ...about, 'match[]': 'firebreak_execution' })}`,
      );
      expect(runbooks.json.data).toEqual(['careful', 'cut-over']);
      const { json: series } = await ask('series', { ...about, 'match[]': '{__name__!=""}' });
      const listed = new Set(labelSets.parse(series.data).map(({ __name__: name = '' }) => name));
      expect([...listed].sort()).toEqual(names.json.data);
      expect((await ask('query_exemplars', { query: 'firebreak_execution', start, end })).json.data).toEqual([]);
      expect((await ask('rules')).json.data).toEqual({ groups: [] });
      expect((await ask('alerts')).json.data).toEqual({ alerts: [] });
    });

    it('asks for values by a form first, is told that this needs an address, and asks so', async () => {
      expect((await ask('label/runbook/values', { start, end })).status).toBe(405);
      expect((await ask('format_query', { query: 'x' })).status).toBe(404);
    });

    it('S10: is told when to ask again where there was no time', async () => {
      const headers = { authorization: `Bearer ${tokenOf('viewer')}` };
      const answer = await fetch(`http://127.0.0.1:${port}/prometheus/api/v1/query?query=1&timeout=0`, { headers });
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    });

    it('fills a table, and draws regions for an annotation', async () => {
      const since = T0 - 1;
      const table = await ask('query', { query: `firebreak_execution{runbook="cut-over"} >= ${since}`, time: end });
      expect(table.json.data.result).toHaveLength(Object.keys(STORIES).length);
      const none = await ask('query', { query: `firebreak_execution > ${DONE}`, time: end });
      expect(none.json.data.result).toEqual([]);
      const drawn = await ask('query_range', {
        query: 'firebreak_execution_running',
        start,
        end,
        step: '15',
        timeout: '5',
      });
      expect(drawn.json.data.result.length).toBeGreaterThan(20);
    });

    it.each([
      ['no token', {}],
      ['a wrong one', { authorization: 'Bearer wrong' }],
      ['one that may not read', { authorization: `Bearer ${tokenOf('source')}` }],
      ['a session of another page', { cookie: 'firebreak_session=x', origin: 'https://evil.example' }],
    ])('S1: with %s gets an error that a data source can show', async (_what, headers) => {
      for (const form of [undefined, { query: '1+1' }]) {
        const { status, json } = await ask('query?query=1', form, headers);
        expect([401, 403]).toContain(status);
        expect(json).toMatchObject({ status: 'error', errorType: 'access_denied', error: expect.any(String) });
      }
    });

    it('S3: changes nothing, whatever is posted', async () => {
      const { redis } = turned;
      const before = [await redis.dbsize(), await redis.info('commandstats')];
      for (const path of ['query', 'query_range', 'series', 'labels', 'query_exemplars'])
        await ask(path, { query: 'firebreak_decision', 'match[]': 'firebreak_decision', start, end, step: '60' });
      const writes = /cmdstat_(?:set|hset|zadd|xadd|rpush|evalsha|eval|del|sadd|expire):calls=\d+/g;
      const counts = (stats: unknown): string[] => (String(stats).match(writes) ?? []).sort();
      expect(await redis.dbsize()).toBe(before[0]);
      expect(counts(await redis.info('commandstats')).filter((one) => !one.includes('eval'))).toEqual(
        counts(before[1]).filter((one) => !one.includes('eval')),
      );
    });
  });

  describe('a real Prometheus refuses the same, with the same status and kind of error:', () => {
    let real: QuickPrometheus;
    beforeAll(async () => {
      real = await startQuickPrometheus([]);
    });
    afterAll(() => real.stop());

    const said = z.looseObject({ status: z.string(), errorType: z.string().optional(), error: z.string().optional() });
    const both = async (path: string) => {
      const headers = { authorization: `Bearer ${tokenOf('viewer')}` };
      const answers = [`${real.url}/api/v1/`, `http://127.0.0.1:${port}/prometheus/api/v1/`].map(async (base) => {
        const answer = await fetch(base + path, { headers });
        const { status, errorType, error } = said.parse(await answer.json());
        return { code: answer.status, type: answer.headers.get('content-type'), status, errorType, error };
      });
      return Promise.all(answers);
    };
    const q = (query: string, more = ''): string => `query?query=${encodeURIComponent(query)}${more}`;
    const r = (more: string): string => `query_range?query=firebreak_execution${more}`;

    it.each([
      'query',
      q('1+1'),
      q('1+1', '&time=abc'),
      q('1+1', '&time=2026-11-21T10:00:00.5%2B01:00'),
      q('{}'),
      q('{a=~".*"}'),
      q('foo bar'),
      q('1>0'),
      q('firebreak_execution', '&timeout=x'),
      r(''),
      r('&start=1'),
      r('&start=1&end=0&step=1'),
      r('&start=1&end=2&step=0'),
      r('&start=1&end=2&step=x'),
      r('&start=0&end=11001&step=1'),
      r('&start=0&end=11000&step=1'),
      r('&start=1&end=3&step=1m'),
      'series',
      'series?match[]=firebreak_nothing&start=x',
      'label/a-b/values',
      'metadata?limit=x',
      'query_range?query=1%2B1&start=1&end=3&step=1',
    ])('%s', async (path) => {
      const [wanted, got] = await both(path);
      // later versions say more about wrong texts and times
      expect({ ...got, error: plain(got?.error) }).toEqual({ ...wanted, error: plain(wanted?.error) });
    });

    it.each([
      q('sum('),
      q('firebreak_execution{a=~"("}'),
      q('firebreak_execution{a="b"'),
      q('firebreak_execution', '&timeout=-5'),
      'series?match[]=',
      'series?match[]={}',
      'series?match[]=sum(up)',
      'labels?match[]={}',
      'query_exemplars?query=&start=1&end=2',
    ])('%s (in other words)', async (path) => {
      const [wanted, got] = await both(path);
      expect({ ...got, error: '' }).toEqual({ ...wanted, error: '' });
      expect(got?.error).not.toBe('');
    });

    const plain = (text: string | undefined): string | undefined =>
      text?.replace(/unexpected identifier/, 'unexpected');
  });
});
