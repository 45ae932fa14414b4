import type { EffectCall, Progress } from '../../src/plugin-sdk/index.js';
import type { Level } from './lift.js';

/** One limit at one target; a kind of throttle says how to read and set it, and `throttleVerbs` does the rest. */
export interface Limit {
  /** What it is called in plans: the same limit at two targets is two resources. */
  readonly resource: string;
  readonly attribute: string;
  /** What it is called in sentences, such as `maxconn of frontend public`. */
  readonly name: string;
  /** What a number of it counts, such as ` r/s`; comes right after the number. */
  readonly unit: string;
  /** Reads what it is set to. Repeatable; throws PluginError. */
  read(signal: AbortSignal): Promise<Level>;
  /**
   * Sets it. Repeatable; throws PluginError.
   *
   * @param from what was just seen there: where the target can, it sets it only then
   * @param call its fence is awaited right before the write
   */
  write(from: Level, to: Level, call: LimitCall): Promise<void>;
  /**
   * Brings in force what was set, where setting it is not all; and waits for it. Repeatable; throws PluginError.
   *
   * @param to what it is set to
   */
  enforce?(to: Level, call: LimitCall): Promise<Progress>;
  /** Says why what was set is not in force; undefined when it is. Throws PluginError. */
  lacking?(to: Level, signal: AbortSignal): Promise<string | undefined>;
}

/** What a limit needs of a call that changes it. */
export type LimitCall = Pick<EffectCall<unknown, unknown>, 'fence' | 'key' | 'signal' | 'log'>;
