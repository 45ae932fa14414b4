import type { Instant } from '../core/alert.js';
import type { Origin } from '../core/origin.js';
import type { Pause } from '../core/pause.js';
import type { Message } from '../plugin-sdk/call.js';
import type { Trust } from './governance.js';

/** Something that people may have to hear of, noted in the step that made it so. */
export type Fact =
  /** Event number `seq` of an execution was saved; with `lowered` it took trust from the runbook. */
  | {
      readonly is: 'saved';
      readonly id: string;
      readonly seq: number;
      readonly at: Instant;
      readonly lowered?: Pick<Trust, 'to' | 'why'>;
    }
  | { readonly is: 'paused'; readonly pause: Pause }
  | {
      readonly is: 'lifted';
      readonly pause: Pause;
      readonly by: string;
      readonly at: Instant;
      readonly reason?: string;
    }
  /** Somebody came in with the account for emergencies; `from` says by which way and from where. */
  | { readonly is: 'break-glass'; readonly by: string; readonly from: string; readonly at: Instant };

/** A fact as it is kept until it is settled. */
export interface PendingFact {
  readonly text: string;
  readonly fact: Fact;
}

/** What is looked at again later: a held execution, or an approval that nears its end. */
export type Reminder = `held|${string}` | `approval|${string}`;

/** One message on its way to one notifier. */
export interface Letter {
  readonly notifier: string;
  readonly message: Message;
  /** With what the execution began that the message is about. */
  readonly origin?: Origin;
}

/** One piece of news with its letters, which is put once however many processes have it to tell. */
export interface Mailing {
  /** Names the fact; it goes into keys and headers. */
  readonly id: string;
  /** When it happened: letters to one notifier are sent in this order as far as possible. */
  readonly at: Instant;
  readonly letters: readonly Letter[];
  /** Set in the same step. */
  readonly remind?: { readonly of: Reminder; readonly at: Instant };
}

/** What became of putting news. */
export interface Put {
  /** Ids of what was news. */
  readonly news: readonly string[];
  /** Letters that had waited longest for a notifier for which too many wait: nobody will send them. */
  readonly pushedOut: readonly Letter[];
}

/** A letter that this process is to send now; nobody else sends it before the lease is over. */
export interface Claimed extends Letter {
  readonly attempt: number;
  readonly putAt: Instant;
}

/** What came of one attempt to send. */
export interface AttemptResult {
  readonly result: 'delivered' | 'again' | 'given-up';
  /** For people; secrets are masked. */
  readonly detail?: string;
  /** With `again`: how long until the next attempt, in milliseconds. */
  readonly againInMs?: number;
}

/** One attempt as the log of a letter has it. */
export interface Attempt {
  readonly attempt: number;
  readonly at: Instant;
  /** Absent when the process that sent it ended before it could say what came of it. */
  readonly endedAt?: Instant;
  readonly result: AttemptResult['result'] | 'unknown';
  readonly detail?: string;
}

/** A letter with everything that happened to it. */
export interface LetterRecord extends Letter {
  readonly state: 'waiting' | 'delivered' | 'given-up';
  readonly putAt: Instant;
  /** While it waits: when it is tried next, or when the lease of whoever sends it ends. */
  readonly dueAt?: Instant;
  readonly doneAt?: Instant;
  /** The last ones, the oldest first. */
  readonly attempts: readonly Attempt[];
}

/** Who looks after an execution, and until when nobody is reminded of it. */
export interface Taken {
  readonly by: string;
  readonly at: Instant;
  readonly until: Instant;
  readonly reason?: string;
}

/** Which letters to list, those put last first. */
export interface LetterFilter {
  readonly execution?: string;
  readonly limit: number;
}

/** How much waits for one notifier. */
export interface Waiting {
  readonly notifier: string;
  readonly count: number;
  readonly oldestPutAt: Instant;
}

/** The part of the store that is about telling people. Every method is one atomic step, but for the reading ones. */
export interface Outbox {
  /** Notes a fact that no other step of the store makes so. */
  note(fact: Extract<Fact, { is: 'break-glass' }>): Promise<void>;
  /** Gives facts that are not settled, and keeps them from others for `leaseMs`. */
  facts(leaseMs: number, limit: number): Promise<readonly PendingFact[]>;
  /** Puts what is news of this, and settles the fact that it came from. */
  put(news: readonly Mailing[], from?: PendingFact): Promise<Put>;
  /** Notifiers for which something waits. */
  lanes(): Promise<readonly string[]>;
  /** Gives the next letter for a notifier; none while an earlier one about the same execution has not had its first attempts. */
  claim(notifier: string, leaseMs: number): Promise<Claimed | undefined>;
  /** Notes what came of an attempt; false when it counts no more, because another one came to an end meanwhile. */
  finish(claimed: Claimed, result: AttemptResult): Promise<boolean>;
  /** Gives reminders whose time has come, and puts them off by `leaseMs`. */
  reminders(leaseMs: number, limit: number): Promise<readonly Reminder[]>;
  remind(of: Reminder, at: Instant): Promise<void>;
  forget(of: Reminder): Promise<void>;
  /** Notes who looks after an execution; `from` says by which account. */
  take(id: string, taken: Taken, from?: string): Promise<void>;
  taken(id: string): Promise<Taken | undefined>;
  list(filter: LetterFilter): Promise<readonly LetterRecord[]>;
  waiting(): Promise<readonly Waiting[]>;
}

/** Bounds of what is kept; lua/outbox.lua and lua/letters.lua have the same. */
export const OUTBOX = {
  /** For so long it is known what people were told, in milliseconds. */
  keepMs: 30 * 86_400_000,
  mostFacts: 10_000,
  mostLetters: 10_000,
  mostWaiting: 1_000,
  mostAttempts: 50,
  /** After so many attempts a letter keeps later ones about the same execution from being sent no longer. */
  patience: 5,
} as const;

/** Names a letter. */
export function letterKey({ notifier, message }: Letter): string {
  return `${message.id}|${notifier}`;
}
