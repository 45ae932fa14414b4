import { post, webhookBody } from './alert-bodies.js';
import { startEtcd, type RigEtcd } from './etcd.js';
import { startFeatureService } from './feature-process.js';
import { now, startLoad, type Load } from './load.js';
import { startService } from './service.js';
import { waitFor } from './wait-for.js';

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
  guards: { cooldown: 0s }
  steps: [{ name: off, uses: degrade-feature/etcd, with: { cluster: main, feature: '{{labels.feature}}' } }]
  onResolved: revert
  clearFor: 1s
  lease: 30m
`;

/** A shop with recommendations whose switch is in etcd, users, and a Firebreak that turns them off for an alert. */
export interface FeatureLoop {
  readonly load: Load;
  /** What the switch says. */
  readonly switchSays: () => Promise<string | undefined>;
  /** Tells of the alert or of its end, and how many milliseconds it took until an answer was made that way. */
  readonly until: (feature: 'on' | 'off') => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Starts all parts as processes of their own. */
export async function startFeatureLoop(requestsPerSecond: number): Promise<FeatureLoop> {
  const stops: (() => Promise<void>)[] = [];
  const started = async <T extends { readonly stop: () => Promise<void> }>(part: Promise<T> | T): Promise<T> => {
    const it = await part;
    stops.push(it.stop);
    return it;
  };
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).toReversed()) await one();
  };
  try {
    const etcd: RigEtcd = await started(startEtcd());
    await etcd.put(KEY, 'true');
    const shop = await started(startFeatureService({ etcd: etcd.url, key: KEY }));
    const main = { endpoints: [etcd.url], prefix: '/features/' };
    const settings = JSON.stringify({ plugins: { 'degrade-feature': { etcd: { clusters: { main } } } } });
    const firebreak = await started(startService({ runbooks: { 'degrade.yaml': RUNBOOK }, settings }));
    const load = await started(startLoad(shop.url, requestsPerSecond, 20_000, {}, 'x-feature'));
    await waitFor('answers', () => load.requests().some(({ center }) => center === 'on'), 30_000);
    let startsAt = 0;
    const until = async (feature: 'on' | 'off'): Promise<number> => {
      if (feature === 'off') startsAt = Date.now();
      const alert = feature === 'off' ? { labels, startsAt } : { labels, startsAt, endsAt: Date.now() };
      const told = now();
      const { status, text } = await post(firebreak.url, webhookBody([alert]));
      if (status !== 202) throw new Error(`Firebreak answered ${status}: ${text}`);
      const is = ({ sentAt, center }: { sentAt: number; center: string }) => sentAt > told && center === feature;
      const first = await waitFor(`an answer with the feature ${feature}`, () => load.requests().find(is), 30_000, 5);
      return first.doneAt - told;
    };
    return { load, switchSays: async () => (await etcd.get(KEY))?.value, until, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
