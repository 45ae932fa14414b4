import type { EventType } from '../core/event.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import type { Host } from '../plugin-host/host.js';
import { withMethods } from './with-methods.js';

/** What a worker does to the world and to the store. */
export type Deed =
  | 'plan'
  | 'apply'
  | 'verify'
  | 'sample'
  | 'revert'
  | 'save-plan'
  | 'save-apply-intent'
  | 'save-apply-outcome'
  | 'save-sample'
  | 'save-revert-intent'
  | 'save-revert-outcome'
  | 'escalate'
  | 'save-escalation'
  | 'save-other';

/** Where a worker can die or freeze: right before or right after it does something. */
export type CrashPoint = `${'before' | 'after'}-${Deed}`;

/** Is passed at each point, and never again by a worker that is dead. */
export type Gate = (point?: CrashPoint) => Promise<void>;

/** The plugin host of a worker that can die. */
export function mortalHost(host: Host, gate: Gate): Host {
  const around = <A extends unknown[], R>(deed: Deed, run: (...call: A) => Promise<R>) => {
    return async (...call: A): Promise<R> => {
      await gate(`before-${deed}`);
      const result = await run(...call);
      await gate(`after-${deed}`);
      return result;
    };
  };
  return withMethods(host, {
    plan: around('plan', (...call) => host.plan(...call)),
    apply: around('apply', (...call) => host.apply(...call)),
    verify: around('verify', (...call) => host.verify(...call)),
    measure: around('sample', (...call) => host.measure(...call)),
    revert: around('revert', (...call) => host.revert(...call)),
  });
}

/** The store as a worker sees it that can die: a dead one reads and saves nothing any more. */
export function mortalStore(store: ExecutionStore, gate: Gate): ExecutionStore {
  return withMethods(store, {
    get: async (id) => {
      await gate();
      return store.get(id);
    },
    overdue: async (...asked) => {
      await gate();
      return store.overdue(...asked);
    },
    append: async (change) => {
      const deed = deedOf(change.event.type);
      await gate(`before-${deed}`);
      const saved = await store.append(change);
      await gate(`after-${deed}`);
      return saved;
    },
  });
}

/** A store, or a part of it, as a worker sees it that can be cut off: then nothing answers, and an answer under way is lost. */
export function severable<T extends object>(base: T, isCutOff: () => boolean): T {
  const away = (): Promise<never> => Promise.reject(new Error('the store is out of reach'));
  const through = (answer: unknown): unknown =>
    answer instanceof Promise ? answer.then((value: unknown) => (isCutOff() ? away() : value)) : answer;
  return new Proxy(base, {
    get: (target, name): unknown => {
      const part: unknown = Reflect.get(target, name);
      if (typeof part === 'object' && part !== null) return severable(part, isCutOff);
      if (typeof part !== 'function') return part;
      return (...asked: unknown[]): unknown => (isCutOff() ? away() : through(Reflect.apply(part, target, asked)));
    },
  });
}

function deedOf(type: EventType): Deed {
  if (type === 'planned') return 'save-plan';
  if (type === 'apply-intended') return 'save-apply-intent';
  if (type === 'revert-intended') return 'save-revert-intent';
  if (type === 'sampled') return 'save-sample';
  if (type === 'escalated' || type === 'escalation-refused') return 'save-escalation';
  if (type === 'applied' || type.startsWith('apply-')) return 'save-apply-outcome';
  return type === 'reverted' || type.startsWith('revert-') ? 'save-revert-outcome' : 'save-other';
}
