import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Claim } from '../core/claim.js';
import { evolve } from '../core/evolve.js';
import type { Event } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import { aPlan, anAlert, anExecution } from '../testing/examples.js';
import type { ExecutionStore, Receipt, Saved } from './execution-store.js';

/** A store to be tested, and how to let it go. */
export interface StoreUnderTest {
  readonly store: ExecutionStore;
  close(): Promise<void>;
}

const alert = anAlert({ startsAt: 10_000 });
const other = anAlert({ labels: { alertname: 'CenterDown', center: 'b', service: 'shop' }, startsAt: 10_000 });
const episode = (startsAt = alert.startsAt): Claim => ({
  kind: 'episode',
  fingerprint: alert.fingerprint,
  runbook: 'cut-over',
  startsAt,
});

function receipt(change: Partial<Receipt> & { id?: string; claims?: readonly Claim[] } = {}): Receipt {
  const { id = 'e1', claims = [episode()], ...rest } = change;
  const about = rest.alert ?? alert;
  const openings = [{ execution: anExecution({ id, alert: about }), claims }];
  return { receiptId: 'r', source: 'alertmanager', alert: about, openings, refusals: [], ...rest };
}

function resolve(endsAt: number): Receipt {
  return receipt({ alert: { ...alert, status: 'resolved', endsAt }, openings: [] });
}

async function save(
  store: ExecutionStore,
  id: string,
  event: Event,
  at: number,
  claims?: readonly Claim[],
): Promise<Saved> {
  const before = await store.get(id);
  if (before === undefined) throw new Error(`${id} is not there`);
  const evolved = evolve(before.execution, event, at);
  if (!evolved.ok) throw new Error(evolved.detail);
  return store.append({ before, event, next: evolved.next, at, ...(claims === undefined ? {} : { claims }) });
}

const planned = (execution: Execution): Event => ({ type: 'planned', plan: aPlan(execution.orders), digest: 'd' });
const cancel: Event = { type: 'cancelled', by: 'ada', reason: 'no' };

/** What every store must do; run against each twin. */
export function describeExecutionStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: an execution store`, () => {
    let under: StoreUnderTest;
    let store: ExecutionStore;
    beforeEach(async () => {
      under = await open();
      ({ store } = under);
    });
    afterEach(() => under.close());
    const decide = async (one: Receipt) =>
      (await store.receive([one]))[0]?.map(({ decision, because, executionId }) => [decision, because, executionId]);

    describe('receiving alerts', () => {
      it('opens an execution with its journal and finds it again', async () => {
        expect(await decide(receipt())).toEqual([['opened', undefined, 'e1']]);
        expect((await store.get('e1'))?.execution).toEqual(anExecution({ alert }));
        expect(await store.journal('e1')).toMatchObject([{ seq: 1, event: { type: 'opened' } }]);
        expect((await store.list({ limit: 10 })).items.map((one) => one.id)).toEqual(['e1']);
      });

      it('I3: answers one episode once, whatever startsAt the repeats carry', async () => {
        await store.receive([receipt()]);
        for (const startsAt of [10_000, 9_000, 17_000]) {
          const repeat = receipt({ id: 'e2', alert: { ...alert, startsAt }, claims: [episode(startsAt)] });
          expect(await decide(repeat)).toEqual([['suppressed', 'duplicate', 'e1']]);
        }
        expect((await store.list({ limit: 10 })).items).toHaveLength(1);
      });

      it('knows a repeat without being told what would be done', async () => {
        const repeats = [{ runbook: 'cut-over', executionId: 'e1' }];
        const repeat = (change: Partial<Receipt> = {}) => decide(receipt({ openings: [], repeats, ...change }));
        expect(await repeat()).toEqual([]);
        expect(await store.decisions({ limit: 10 })).toEqual([]);
        await store.receive([receipt()]);
        expect(await repeat()).toEqual([['suppressed', 'duplicate', 'e1']]);
        expect(await repeat({ repeats: [{ runbook: 'cut-over', executionId: 'other' }] })).toEqual([]);
        await store.receive([resolve(20_000)]);
        expect(await repeat()).toEqual([]);
        expect(await decide(receipt({ id: 'e2' }))).toEqual([['suppressed', 'stale', undefined]]);
      });

      it('does not take an alert for a repeat that began after its execution had ended', async () => {
        await store.receive([receipt()]);
        await save(store, 'e1', cancel, 11_000);
        const later = { ...alert, startsAt: (await store.now()) + 60_000 };
        const repeats = [{ runbook: 'cut-over', executionId: 'e1' }];
        expect(await decide(receipt({ openings: [], repeats, alert: later }))).toEqual([]);
        expect(await decide(receipt({ openings: [], repeats }))).toEqual([['suppressed', 'duplicate', 'e1']]);
      });

      it('I3: takes a firing that began before the known resolve for old news', async () => {
        await store.receive([receipt(), resolve(20_000)]);
        expect(await decide(receipt({ id: 'e2' }))).toEqual([['suppressed', 'stale', undefined]]);
        const atTheEnd = receipt({ id: 'e2', alert: { ...alert, startsAt: 20_000 }, claims: [episode(20_000)] });
        expect(await decide(atTheEnd)).toEqual([['suppressed', 'stale', undefined]]);
        const later = receipt({ id: 'e3', alert: { ...alert, startsAt: 20_001 }, claims: [episode(20_001)] });
        expect(await decide(later)).toEqual([['opened', undefined, 'e3']]);
      });

      it('I3: remembers a resolve that came before its firing', async () => {
        expect(await decide(resolve(20_000))).toEqual([['noted', undefined, undefined]]);
        expect(await decide(receipt())).toEqual([['suppressed', 'stale', undefined]]);
      });

      it('takes a resolve that ended before the episode last started for old news', async () => {
        await store.receive([receipt({ alert: { ...alert, startsAt: 30_000 } })]);
        expect(await decide(resolve(20_000))).toEqual([['noted', undefined, undefined]]);
        expect((await store.get('e1'))?.signals).toEqual([]);
        expect(await decide(resolve(40_000))).toEqual([['closed', undefined, 'e1']]);
      });

      it('answers an alert again that began after its execution had ended, if nothing else forbids it', async () => {
        await store.receive([receipt()]);
        await save(store, 'e1', cancel, 11_000);
        const later = (await store.now()) + 60_000;
        const again = receipt({ id: 'e2', alert: { ...alert, startsAt: later }, claims: [episode(later)] });
        expect(await decide(again)).toEqual([['opened', undefined, 'e2']]);
      });

      it('tells an open execution that its alert resolved, and no save made before counts', async () => {
        await store.receive([receipt()]);
        const before = await store.get('e1');
        expect(await decide(resolve(20_000))).toEqual([['closed', undefined, 'e1']]);
        expect((await store.get('e1'))?.signals).toEqual([{ type: 'alert-resolved', endsAt: 20_000 }]);
        if (before === undefined) throw new Error('e1 is not there');
        const evolved = evolve(before.execution, planned(before.execution), 11_000);
        if (!evolved.ok) throw new Error(evolved.detail);
        const late = await store.append({ before, event: planned(before.execution), next: evolved.next, at: 11_000 });
        expect(late).toEqual({ saved: 'stale' });
      });

      it('takes a signal away with the save that took it in', async () => {
        await store.receive([receipt(), resolve(20_000)]);
        await save(store, 'e1', { type: 'alert-resolved', endsAt: 20_000 }, 21_000);
        const after = await store.get('e1');
        expect(after?.signals).toEqual([]);
        expect(after?.execution.state).toMatchObject({ phase: 'closed', outcome: 'not-needed' });
      });

      it('tells what still holds that its alert fires again', async () => {
        await store.receive([
          receipt(),
          resolve(20_000),
          receipt({ id: 'e2', alert: { ...alert, startsAt: 30_000 }, openings: [] }),
        ]);
        expect((await store.get('e1'))?.signals.map((signal) => signal.type)).toEqual([
          'alert-resolved',
          'alert-refired',
        ]);
      });

      it('I2: keeps a decision for each alert, also for each no', async () => {
        const refusals = [{ runbook: 'other', because: 'too-old', detail: 'three days old' }] as const;
        await store.receive([receipt({ refusals }), receipt({ alert: other, openings: [] })]);
        const kept = await store.decisions({ limit: 10 });
        const told = kept.map(({ runbook = '', decision, because = '' }) => `${runbook} ${decision} ${because}`);
        expect(new Set(told)).toEqual(new Set([' noted no-runbook', 'cut-over opened ', 'other suppressed too-old']));
        expect(await store.decisions({ limit: 10, fingerprint: other.fingerprint })).toHaveLength(1);
        expect(await store.decisions({ limit: 10, since: (await store.now()) + 1 })).toHaveLength(0);
      });

      it('keeps order and number for more alerts than go into one call', async () => {
        const many = Array.from({ length: 250 }, (_, i) => {
          const one = anAlert({ labels: { alertname: 'X', i: String(i) } });
          return receipt({ id: `m${i}`, alert: one, claims: [] });
        });
        const answers = await store.receive(many);
        expect(answers.map((one) => one[0]?.executionId)).toEqual(many.map((_, i) => `m${i}`));
      });
    });

    describe('claims', () => {
      const exclusive: Claim = { kind: 'exclusive', target: 'traffic/shop' };
      const openBy = (id: string, ...claims: Claim[]) => store.open(anExecution({ id }), claims);

      it('I3: lets one execution hold a target, and frees it at the end', async () => {
        expect(await openBy('e1', exclusive)).toEqual({ opened: true });
        expect(await openBy('e2', exclusive)).toEqual({
          opened: false,
          refusal: { because: 'target-busy', executionId: 'e1' },
        });
        await save(store, 'e1', cancel, 2_000);
        expect(await openBy('e3', exclusive)).toEqual({ opened: true });
      });

      it('keeps the interval after the last one', async () => {
        const interval: Claim = { kind: 'interval', key: 'k', ms: 60_000 };
        expect(await openBy('e1', interval)).toEqual({ opened: true });
        expect(await openBy('e2', interval)).toMatchObject({
          opened: false,
          refusal: { because: 'cooldown', executionId: 'e1' },
        });
      });

      it('I9: spends no more than the budget', async () => {
        const budget: Claim = { kind: 'budget', key: 'rate|cut-over', limit: 2, windowMs: 60_000 };
        const all = await Promise.all(Array.from({ length: 20 }, (_, i) => openBy(`e${i}`, budget)));
        expect(all.filter((one) => one.opened)).toHaveLength(2);
        const last = await openBy('late', budget);
        expect(last).toMatchObject({ opened: false, refusal: { because: 'rate', key: 'cut-over', used: 2, limit: 2 } });
      });

      it('I10: begins nothing that is paused, until the pause is lifted or ends', async () => {
        const unpaused: Claim = { kind: 'unpaused', scopes: ['all', 'runbook:cut-over', 'target:traffic/shop'] };
        const pause = { id: 'p1', reason: 'maintenance', by: 'ada', at: 0 };
        for (const scope of ['all', 'runbook:cut-over', 'target:traffic/*', 'target:*shop', 'target:traffic/shop']) {
          await store.addPause({ ...pause, scope });
          expect(await openBy('no', unpaused), scope).toMatchObject({
            opened: false,
            refusal: { because: 'paused', scope },
          });
        }
        for (const scope of ['runbook:other', 'target:traffic/s', 'target:shop', 'target:traffic.shop']) {
          await store.addPause({ ...pause, scope });
          expect(await openBy(`yes-${scope}`, unpaused), scope).toEqual({ opened: true });
        }
        await store.addPause({ ...pause, scope: 'all', until: 1 });
        expect(await openBy('ended', unpaused)).toEqual({ opened: true });
        await store.addPause({ ...pause, scope: 'all' });
        expect(await store.pauses()).toHaveLength(1);
        expect(await store.liftPause('p1')).toBe(true);
        expect(await store.liftPause('p1')).toBe(false);
        expect(await openBy('lifted', unpaused)).toEqual({ opened: true });
      });

      it('takes nothing when one claim is refused', async () => {
        await openBy('e1', { kind: 'exclusive', target: 'b' });
        await openBy('e2', exclusive, { kind: 'exclusive', target: 'b' });
        expect(await openBy('e3', exclusive)).toEqual({ opened: true });
      });
    });

    describe('saving', () => {
      it('I7: lets one of several saves from the same version through', async () => {
        await store.receive([receipt()]);
        const all = await Promise.all(
          Array.from({ length: 10 }, (_, i) => save(store, 'e1', planned(anExecution()), 2_000 + i)),
        );
        expect(all.filter(({ saved }) => saved === 'yes')).toHaveLength(1);
        expect(await store.journal('e1')).toHaveLength(2);
      });

      it('I7: refuses an intent whose epoch was used on the target', async () => {
        for (const id of ['e1', 'e2']) {
          await store.open(anExecution({ id }), []);
          await save(store, id, planned(anExecution()), 2_000);
        }
        const intend = (epoch: number): Event => ({
          type: 'apply-intended',
          step: 0,
          intent: { key: 'k', epoch, owner: 'w', at: 3_000, deadline: 33_000 },
        });
        expect(await save(store, 'e1', intend(7), 3_000)).toEqual({ saved: 'yes' });
        expect(await save(store, 'e2', intend(7), 3_000)).toEqual({ saved: 'stale' });
        expect((await store.get('e2'))?.targetEpoch).toBe(7);
        expect(await store.holdsEpoch('traffic/shop', 7)).toBe(true);
        expect(await save(store, 'e2', intend(8), 3_000)).toEqual({ saved: 'yes' });
        expect(await store.holdsEpoch('traffic/shop', 7)).toBe(false);
      });

      it('I10: saves no intent while a pause is in force', async () => {
        await store.open(anExecution(), []);
        await store.addPause({ id: 'p', scope: 'all', reason: 'stop', by: 'ada', at: 0 });
        const saved = await save(store, 'e1', planned(anExecution()), 2_000, [{ kind: 'unpaused', scopes: ['all'] }]);
        expect(saved).toMatchObject({ saved: 'refused', refusal: { because: 'paused', reason: 'stop' } });
        expect((await store.get('e1'))?.execution.state.phase).toBe('planning');
      });

      it('lists by phase, outcome, runbook and target, newest first and page by page', async () => {
        for (const id of ['e1', 'e2', 'e3', 'e4', 'e5'])
          await store.open(anExecution({ id, runbook: id === 'e2' ? 'two' : 'one' }), []);
        await save(store, 'e3', cancel, 2_000);
        const ids = async (filter: object) => (await store.list({ limit: 10, ...filter })).items.map((one) => one.id);
        expect((await ids({})).toSorted()).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
        expect((await ids({ phase: 'planning' })).toSorted()).toEqual(['e1', 'e2', 'e4', 'e5']);
        expect(await ids({ phase: 'closed' })).toEqual(['e3']);
        expect(await ids({ outcome: 'cancelled' })).toEqual(['e3']);
        expect(await ids({ runbook: 'two' })).toEqual(['e2']);
        expect(await ids({ target: 'elsewhere' })).toEqual([]);
        const walked: string[] = [];
        for (let cursor: string | undefined, page = 0; page < 5; page++) {
          const found = await store.list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
          walked.push(...found.items.map((one) => one.id));
          cursor = found.cursor;
          if (cursor === undefined) break;
        }
        expect(walked.toSorted()).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
        expect([...(await store.countOpen())].filter(([, count]) => count > 0)).toEqual([['planning', 4]]);
      });
    });

    it('lists page by page also what was opened in one moment', async () => {
      const alerts = Array.from({ length: 450 }, (_, i) => anAlert({ labels: { alertname: 'X', i: String(i) } }));
      await store.receive(alerts.map((one, i) => receipt({ id: `m${i}`, alert: one, claims: [] })));
      const seen = new Set<string>();
      let cursor: string | undefined;
      do {
        const page = await store.list({ limit: 40, ...(cursor === undefined ? {} : { cursor }) });
        for (const { id } of page.items) seen.add(id);
        ({ cursor } = page);
      } while (cursor !== undefined);
      expect(seen.size).toBe(450);
    });

    describe('wake-ups', () => {
      it('I5: finds what is overdue, once per turn', async () => {
        await store.open(anExecution(), []);
        expect(await store.overdue(60_000, 5_000, 10)).toEqual([]);
        expect(await store.overdue(-1, 5_000, 10)).toEqual(['e1']);
        expect(await store.overdue(-1, 5_000, 10)).toEqual([]);
        await save(store, 'e1', cancel, 2_000);
        expect(await store.overdue(-60_000, 5_000, 10)).toEqual([]);
        expect(await store.oldestDue()).toBe(0);
      });

      it('tells who watches what changed', async () => {
        const seen = new Set<string>();
        const stop = store.watch((id) => seen.add(id));
        // a subscription has no answer to wait for, so the news is made until it arrives
        for (let i = 0; seen.size === 0 && i < 1_000; i++) await store.open(anExecution({ id: `watched-${i}` }), []);
        expect([...seen][0]).toMatch(/^watched-/);
        stop();
      });

      it('I16: remembers the last canary', async () => {
        expect(await store.lastCanary()).toBeUndefined();
        await store.noteCanary(5);
        expect(await store.lastCanary()).toBe(5);
      });

      it('knows which process lives', async () => {
        expect(await store.alive('w1')).toBe(false);
        await store.beat('w1', 60_000);
        expect(await store.alive('w1')).toBe(true);
      });
    });
  });
}
