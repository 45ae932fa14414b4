import { AsyncLocalStorage } from 'node:async_hooks';
import { context, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import type { Origin } from '../core/origin.js';

/** What is under way here: for which request, in which trace. */
export interface Hop {
  readonly origin: Origin;
  /** Whose span is the parent of what is begun; absent while nothing is traced. */
  readonly parent?: Context | undefined;
  /** To ask for the parent makes it: that is left to whoever needs one. */
  readonly isLazy?: boolean;
}

const hops = new AsyncLocalStorage<Hop>();

/** Gives for which request this runs; undefined for what runs by itself, such as a standing probe. */
export function currentHop(): Hop | undefined {
  return hops.getStore();
}

/** Runs something, and all that it begins, for a request. */
export function during<T>(hop: Hop, run: () => T): T {
  const parent = hop.isLazy === true ? undefined : hop.parent;
  return hops.run(hop, parent === undefined ? run : () => context.with(parent, run));
}

/** Runs something that is done for everybody, and only happens to be begun for one request. */
export function apart<T>(run: () => T): T {
  return hops.exit(() => context.with(ROOT_CONTEXT, run));
}
