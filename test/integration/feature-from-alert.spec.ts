import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post, webhookBody } from '../rig/alert-bodies.js';
import { startEtcd, type RigEtcd } from '../rig/etcd.js';
import { startFeatureService } from '../rig/feature-process.js';
import { now, startLoad, type Load } from '../rig/load.js';
import { startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

const KEY = '/features/recommendations';
const labels = { alertname: 'ShopSlow', feature: 'recommendations' };
const RUNBOOK = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: degrade, title: Turn a feature off, owner: team-shop }
spec:
  match: ['alertname="ShopSlow"']
  target: 'feature/{{labels.feature}}'
  mode: auto
  steps: [{ name: off, uses: degrade-feature/etcd, with: { cluster: main, feature: '{{labels.feature}}' } }]
  onResolved: revert
  clearFor: 1s
  lease: 30m
`;

describe('D1: a feature that harms is off from an alert on, and on again when the alert is over', () => {
  const stops: (() => Promise<void>)[] = [];
  let [etcd, firebreak, load]: [RigEtcd?, RigService?, Load?] = [];
  beforeAll(async () => {
    const started = async <T extends { readonly stop: () => Promise<void> }>(part: Promise<T> | T): Promise<T> => {
      const it = await part;
      stops.push(it.stop);
      return it;
    };
    etcd = await started(startEtcd());
    await etcd.put(KEY, 'true');
    const shop = await started(startFeatureService({ etcd: etcd.url, key: KEY }));
    const main = { endpoints: [etcd.url], prefix: '/features/' };
    const settings = JSON.stringify({ plugins: { 'degrade-feature': { etcd: { clusters: { main } } } } });
    firebreak = await started(startService({ runbooks: { 'degrade.yaml': RUNBOOK }, settings }));
    load = await started(startLoad(shop.url, 300, 2_000, {}, 'x-feature'));
  }, 60_000);
  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
  });

  it('and no request fails', async () => {
    const [at, to] = [load, firebreak];
    if (at === undefined || to === undefined) return expect.fail('it did not start');
    /** Tells of the alert, and how long it took until an answer was made that way. */
    const until = async (feature: 'on' | 'off', alert: Parameters<typeof webhookBody>[0][number]) => {
      const told = now();
      expect((await post(to.url, webhookBody([alert]))).status).toBe(202);
      const is = ({ sentAt, center }: { sentAt: number; center: string }) => sentAt > told && center === feature;
      const first = await waitFor(`an answer with the feature ${feature}`, () => at.requests().find(is), 15_000);
      return first.doneAt - told;
    };
    await waitFor('answers', () => at.requests().some(({ center }) => center === 'on'), 5_000);
    const startsAt = Date.now() - 5_000;
    const off = await until('off', { labels, startsAt });
    await expect(etcd?.get(KEY)).resolves.toMatchObject({ value: 'false' });
    const on = await until('on', { labels, startsAt, endsAt: Date.now() });
    console.log(
      `from the alert to the first answer without the feature ${off.toFixed(0)} ms; ` +
        `from its end to the first one with it ${on.toFixed(0)} ms, of which 1000 ms are clearFor`,
    );
    await expect(etcd?.get(KEY)).resolves.toMatchObject({ value: 'true' });
    expect(at.requests().filter(({ ok }) => !ok)).toEqual([]);
    expect(off).toBeLessThan(5_000);
    expect(on).toBeGreaterThan(1_000);
  });
});
