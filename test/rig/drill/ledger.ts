import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';

/** One write as whoever sent it saw it. */
const write = z.object({
  id: z.string(),
  /** Who sent it: `user` and `canary` came through the load balancer, `local` from inside its centre. */
  by: z.enum(['user', 'canary', 'local']),
  /** The centre that answered; empty when nobody did. */
  center: z.string(),
  /** Milliseconds since the epoch. */
  sentAt: z.number(),
  doneAt: z.number(),
  acknowledged: z.boolean(),
  /** When the centre had committed, by `tick`. */
  committed: z.number().optional(),
});

/** One write as whoever sent it saw it; moments in milliseconds. */
export type Write = z.infer<typeof write>;

/** One look at a database from inside its centre. */
const look = z.object({
  /** By `tick`. */
  at: z.number(),
  center: z.string(),
  /** `accepts`: a primary that lets users connect. */
  state: z.enum(['accepts', 'fenced', 'standby', 'down']),
});

/** One look at a database from inside its centre. */
export type Look = z.infer<typeof look>;

/** Milliseconds of the machine's monotonic clock: the same for all its processes, and nobody sets it. */
export function tick(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A file to which entries are added one after the other. */
export interface Ledger {
  /** The entry is with the operating system when this returns, so that it outlives a kill of this process. */
  readonly add: (entry: Write | Look) => void;
  readonly close: () => void;
}

/** Opens a ledger for writing. */
export function openLedger(file: string): Ledger {
  const descriptor = openSync(file, 'a');
  return {
    add: (entry) => writeSync(descriptor, `${JSON.stringify(entry)}\n`),
    close: () => closeSync(descriptor),
  };
}

/** Reads all writes of a ledger. */
export function writesIn(file: string): readonly Write[] {
  return lines(file).map((line) => write.parse(JSON.parse(line)));
}

/** Reads all looks of a ledger. */
export function looksIn(file: string): readonly Look[] {
  return lines(file).map((line) => look.parse(JSON.parse(line)));
}

/** The last line may still be under way. */
function lines(file: string): readonly string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}
