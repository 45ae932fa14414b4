import { PluginError, type Progress } from '../../../src/plugin-sdk/index.js';
import type { HttpAnswer } from '../http.js';

const AGAIN: ReadonlySet<number> = new Set([408, 425, 429]);
const MAX_PAUSE_MS = 10 * 60_000;

/** A refusal that says when to come back. */
export class ComeBackLater extends PluginError {
  /**
   * @param message what happened
   * @param afterMs how long to leave the service alone, in milliseconds
   */
  constructor(
    message: string,
    readonly afterMs: number,
  ) {
    super('asked-to-wait', message, true);
  }
}

/**
 * Makes the error of an answer that is not as wanted. What the answer says is not repeated: it is anybody's text.
 *
 * @param what was asked for, such as "the flags refused the write"
 * @param now in milliseconds since the epoch
 */
export function refusalOf(what: string, answer: HttpAnswer, now = Date.now()): PluginError {
  const { status } = answer;
  const said = `${what}: it answered ${status}`;
  if (status === 429 || status === 503) {
    const afterMs = pauseIn(answer.header('retry-after'), now);
    if (afterMs !== undefined)
      return new ComeBackLater(`${said} and asks to wait ${Math.ceil(afterMs / 1_000)} s`, afterMs);
  }
  if (status >= 500 || AGAIN.has(status)) return new PluginError('target-failed', said);
  if (status >= 300 && status < 400) {
    return new PluginError('redirected', `${said}: redirects are not followed, configure the final address`, false);
  }
  if (status === 401 || status === 403) {
    return new PluginError('refused-by-target', `${said}: look at the credentials and what they allow`, false);
  }
  if (status === 404) return new PluginError('unknown-name', `${said}: there is nothing of that name`, false);
  if (status < 300)
    return new PluginError('not-understood', `${said}, which is not the answer that was configured`, false);
  return new PluginError('refused-by-target', said, false);
}

/**
 * Does something, or says when to ask again where the service has refused it for now and said when to come back.
 *
 * @param what is asked again as a whole: it must look before it writes
 */
export async function whenItMay(what: () => Promise<Progress>): Promise<Progress> {
  try {
    return await what();
  } catch (error) {
    if (error instanceof ComeBackLater) return { done: false, againInMs: error.afterMs };
    throw error;
  }
}

/** Reads `Retry-After`: seconds or a date; undefined when there is none or it makes no sense. */
export function pauseIn(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^[0-9]{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.min(MAX_PAUSE_MS, Math.max(0, ms)) : undefined;
}
