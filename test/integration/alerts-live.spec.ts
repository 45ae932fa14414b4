import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryNow } from '../rig/prometheus-query.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { startRulesPrometheus, type RulesPrometheus } from '../rig/rules-prometheus.js';
import { startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

const RUNBOOK = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: practice, title: Switch a lamp on, owner: whoever-is-on-call }
spec:
  match: ['alertname="FirebreakPractice"']
  target: 'lamp/{{labels.lamp}}'
  mode: approve
  steps: [{ name: switch, uses: practice/lamp, with: { lamp: '{{labels.lamp}}', state: on } }]
`;
/** A standby that has never taken over is told of after a day: nothing is wrong with Firebreak. */
const NEVER_WRONG = ['FirebreakCenterNeverProven'];
const LONG = 300_000;

describe('all rules, over a real Firebreak of two processes', () => {
  let redis: RigRedis;
  let api: RigService;
  let worker: RigService;
  let prometheus: RulesPrometheus;

  beforeAll(async () => {
    redis = await startRedis();
    const start = (role: string) =>
      startService({
        runbooks: { 'practice.yaml': RUNBOOK },
        env: { FIREBREAK_REDIS_URL: redis.url, FIREBREAK_ROLE: role },
      });
    [api, worker] = await Promise.all([start('api'), start('worker')]);
    prometheus = await startRulesPrometheus([api, worker].map(({ url }) => new URL(url).host));
  }, LONG);
  afterAll(async () => {
    await Promise.all([prometheus?.stop(), api?.stop(), worker?.stop()]);
    await redis?.stop();
  });

  /** Waits until exactly these alerts fire. */
  const fires = async (...names: readonly string[]) => {
    let seen: readonly string[] = [];
    const exactly = async () => {
      seen = (await prometheus.alerts()).firing;
      return seen.join() === names.toSorted().join();
    };
    await waitFor(`${names.join(' and ') || 'no alert'} to fire`, exactly, 90_000, 250).catch((error: unknown) => {
      throw new Error(`these fire: ${seen.join(', ') || 'none'}`, { cause: error });
    });
  };

  it('while all is well nothing fires, nothing has fired, and nothing is about to', { timeout: LONG }, async () => {
    await waitFor('some evaluations', async () => (await prometheus.scrapes()) >= 3, 90_000, 250);
    const quiet = async () => (await prometheus.alerts()).pending.every((name) => NEVER_WRONG.includes(name));
    await waitFor('nothing to be about to fire', quiet, 30_000, 250);
    expect(await prometheus.fired()).toEqual([]);
  });

  it('I16: a Redis that hangs raises an alarm', { timeout: LONG }, async () => {
    redis.process().signal('SIGSTOP');
    const critical = ['FirebreakAbsent', 'FirebreakStoreAway'];
    const told = async () => (await prometheus.alerts()).firing.some((name) => critical.includes(name));
    await waitFor('an alarm', told, 90_000, 250).finally(() => redis.process().signal('SIGCONT'));
    await fires();
  });

  it('I16: one that is killed is told of by both, and by no figure that reads well', { timeout: LONG }, async () => {
    await redis.kill();
    const told = 'count(ALERTS{alertname="FirebreakStoreAway",alertstate="firing"}) == 2';
    await waitFor('both to be told of', async () => (await queryNow(prometheus.url, told)).length > 0, 90_000, 250);
    await fires('FirebreakStoreAway');
    const asked = 'firebreak_canary_seconds or firebreak_oldest_due_seconds or firebreak_executions_open';
    // the alert may come with the scrape of the one, before that of the other
    await waitFor('no such figure', async () => (await queryNow(prometheus.url, asked)).length === 0, 90_000, 250);
    await redis.restart();
    await fires();
  });

  it(
    'I16: a worker that is killed is told of by the process that only takes alerts in',
    { timeout: LONG },
    async () => {
      await worker.kill();
      await fires('FirebreakCanaryOld', 'FirebreakDown');
    },
  );

  it('I16: Firebreak that is gone altogether is told of without any metric of its own', { timeout: LONG }, async () => {
    await api.kill();
    await fires('FirebreakAbsent');
  });
});
