import { afterEach, beforeEach } from 'vitest';
import type { Claim } from '../core/claim.js';
import type { OpeningRefusal } from '../core/claim-refusal.js';
import { evolve } from '../core/evolve.js';
import type { Event } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import type { GuardSample, Sample } from '../core/runbook.js';
import { aPlan, anAlert, anExecution, someOrders } from '../testing/examples.js';
import type { ExecutionStore, Opened, Receipt, Saved } from './execution-store.js';

/** A store to be tested, whose clock stands still until it is turned, and how to let it go. */
export interface StoreUnderTest {
  readonly store: ExecutionStore;
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Gives an empty store. */
export type OpenStore = () => Promise<StoreUnderTest>;

/** The store of the test that runs, and the things that tests do with it. */
export class StoreAtHand {
  private under: StoreUnderTest | undefined;

  constructor(open: OpenStore) {
    beforeEach(async () => {
      this.under = await open();
    });
    afterEach(() => this.under?.close());
  }

  get store(): ExecutionStore {
    if (this.under === undefined) throw new Error('there is a store only while a test runs');
    return this.under.store;
  }

  pass(ms: number): Promise<void> {
    return this.under?.pass(ms) ?? Promise.resolve();
  }

  /** Opens an execution with claims. */
  open(id: string, ...claims: Claim[]): Promise<Opened> {
    return this.openAs({ id }, ...claims);
  }

  openAs(change: Partial<Execution>, ...claims: Claim[]): Promise<Opened> {
    return this.store.open(anExecution(change), claims);
  }

  /** Tries to open an execution; gives why it was refused, or undefined when it was not. */
  async refusal(id: string, ...claims: Claim[]): Promise<OpeningRefusal | undefined> {
    const opened = await this.open(id, ...claims);
    return opened.opened ? undefined : opened.refusal;
  }

  /** Saves what an event makes of an execution. */
  async save(id: string, event: Event, at: number, claims?: readonly Claim[]): Promise<Saved> {
    const before = await this.store.get(id);
    if (before === undefined) throw new Error(`${id} is not there`);
    const evolved = evolve(before.execution, event, at);
    if (!evolved.ok) throw new Error(evolved.detail);
    return this.store.append({
      before,
      event,
      next: evolved.next,
      at,
      ...(claims === undefined ? {} : { claims }),
    });
  }

  /** Saves several, each of which must take; gives what came of the last one. */
  async live(id: string, ...events: readonly Event[]): Promise<Saved> {
    let last: Saved = { saved: 'stale' };
    for (const event of events) {
      last = await this.save(id, event, 5_000);
      if (last.saved !== 'yes') throw new Error(`${event.type}: ${JSON.stringify(last)}`);
    }
    return last;
  }

  /** Announces the first effect of an execution that has just been opened. */
  async begin(id: string, ...claims: Claim[]): Promise<Saved> {
    const stored = await this.store.get(id);
    if (stored?.execution.state.phase === 'planning') await this.live(id, PLANNED);
    return this.save(id, intent('apply', (stored?.targetEpoch ?? 0) + 1), 5_000, claims);
  }

  /** Gives the decisions about one alert. */
  async decide(one: Receipt): Promise<unknown> {
    const [records] = await this.store.receive([one]);
    return records?.map(({ decision, because, executionId }) => [decision, because, executionId]);
  }
}

/** In milliseconds. */
export const MINUTE = 60_000;
/** What most tests are about. */
export const alert = anAlert({ startsAt: 10_000 });
/** Another alert. */
export const other = anAlert({ labels: { alertname: 'CenterDown', center: 'b', service: 'shop' }, startsAt: 10_000 });

/** The plan was made; what acts by itself begins then. */
export const PLANNED: Event = { type: 'planned', plan: aPlan(someOrders()), digest: 'd' };
/** A person stops it. */
export const CANCEL: Event = { type: 'cancelled', by: 'ada', reason: 'no' };
/** A person wants it taken back. */
export const REVERT: Event = { type: 'revert-asked', by: 'ada', reason: 'looked at it' };

/** The claim on an incident of `alert`. */
export function episode(startsAt = alert.startsAt): Claim {
  return { kind: 'episode', fingerprint: alert.fingerprint, runbook: 'cut-over', startsAt };
}

/** A receipt with one opening. */
export function receipt(change: Partial<Receipt> & { id?: string; claims?: readonly Claim[] } = {}): Receipt {
  const { id = 'e1', claims = [episode()], ...rest } = change;
  const about = rest.alert ?? alert;
  const openings = [{ execution: anExecution({ id, alert: about }), claims }];
  return { receiptId: 'r', source: 'alertmanager', alert: about, openings, refusals: [], ...rest };
}

/** A receipt of the end of `alert`. */
export function resolve(endsAt: number): Receipt {
  return receipt({ alert: { ...alert, status: 'resolved', endsAt }, openings: [] });
}

/** The announcement of an effect. */
export function intent(direction: 'apply' | 'revert', epoch: number): Event {
  const announced = { key: direction, epoch, owner: 'w', at: 5_000, deadline: 35_000 };
  return { type: `${direction}-intended`, step: 0, intent: announced };
}

/** The first effect took. */
export function applied(epoch: number): Event {
  return { type: 'applied', step: 0, key: 'apply', epoch };
}

/** It was taken back. */
export function reverted(epoch: number): Event {
  return { type: 'reverted', step: 0, epoch };
}

/** The probe answered; with `worse` a metric went bad that was not bad before. */
export function sampled(status: Sample['status'] | 'worse'): Event {
  const guard: GuardSample = { name: 'errors', at: 5_000, status: 'unhealthy', detail: 'errors rise' };
  const sample = { at: 5_000, status: status === 'worse' ? 'healthy' : status, detail: status } as const;
  return { type: 'sampled', sample: status === 'worse' ? { ...sample, guards: [guard] } : sample };
}

/** What is announced and done with an epoch. */
export function done(epoch: number): Event[] {
  return [PLANNED, intent('apply', epoch), applied(epoch)];
}

/** Orders whose result is judged by one sample. */
export const JUDGED = someOrders({
  verify: {
    probe: 'pretend/state',
    with: {},
    limits: { everyMs: 1_000, healthy: 1, unhealthy: 1, unknown: 1, withinMs: MINUTE },
  },
});
