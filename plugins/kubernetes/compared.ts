import { PluginError, type EffectCall } from '../../src/plugin-sdk/index.js';

/** The status of an object changes all the time, and each time the comparison fails although nothing else did. */
const TRIES = 5;

/** What to do about an object as it was just read: leave it, or write. */
export type Decision = { readonly write: false } | { readonly write: true; make(): Promise<void> };

/**
 * Looks, decides and writes, and begins again when somebody was quicker, which may have been the object's own controller.
 *
 * @param call its fence is awaited right before each write
 * @param decide reads the object and says what to do; throws when somebody else has changed what matters
 * @returns whether it wrote
 * @throws PluginError `busy` when the object never stands still
 */
export async function compared(
  call: Pick<EffectCall<unknown, unknown>, 'fence'>,
  decide: () => Promise<Decision>,
): Promise<boolean> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const decision = await decide();
    if (!decision.write) return false;
    await call.fence();
    try {
      await decision.make();
      return true;
    } catch (error) {
      if (!(error instanceof PluginError && error.code === 'conflict')) throw error;
    }
  }
  throw new PluginError('busy', `somebody else was quicker ${TRIES} times: what is to be changed does not stand still`);
}

/**
 * Tries a write as if, again when somebody was quicker, so that what the server would refuse is seen in the plan.
 *
 * @param write reads the object and makes the write as a dry run
 * @returns why the server could not be asked; false when it would take the change
 */
export async function triedOut(write: () => Promise<void>): Promise<string | false> {
  try {
    await compared({ fence: async () => {} }, async () => ({ write: true, make: write }));
    return false;
  } catch (error) {
    // Webhooks that may do something else besides are not asked as if: the server says so, with 400.
    if (error instanceof PluginError && error.message.includes('does not support dry run')) return error.message;
    throw error;
  }
}

/** What an approver should know when that was not possible. */
export function untriedFact(because: string | false): { readonly dryRun?: string } {
  return because === false ? {} : { dryRun: `not possible: ${because}` };
}
