/** Name of the BullMQ queue that carries wake-ups. */
export const WAKEUP_QUEUE = 'wakeups';

/** Prefix of BullMQ's keys: the braces put them into the same hash slot as the store's. */
export const QUEUE_PREFIX = '{fb}:bull';

/** All that a job may carry: an execution's id and a time, or the time at which a canary set out. */
export type WakeupJob = { readonly id: string; readonly at: number } | { readonly canary: number };
