import type { Instant } from '../core/alert.js';
import type { Pause } from '../core/pause.js';

/** What somebody wants to be paused. */
export type Order = Pick<Pause, 'scope' | 'reason' | 'by' | 'until'>;

/** The kill switch, wherever it is reached. */
export interface KillSwitch {
  /** For a person: which Redis or which service it is. */
  readonly where: string;
  /** The time by which pauses end. */
  now(): Promise<Instant>;
  inForce(): Promise<readonly Pause[]>;
  /** Comes back when it is in force; warns when the name in the scope means nothing. */
  pull(order: Order): Promise<{ readonly pause: Pause; readonly warning?: string | undefined }>;
  /** Lifts a pause; false when there is none. */
  lift(id: string, by: string, reason: string): Promise<boolean>;
  /** Says what speaks against this being the right one; nothing when all looks well. */
  doubt(): Promise<string | undefined>;
  close(): void;
}
