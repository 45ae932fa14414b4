import { ZodError } from 'zod';
import type { Clock } from '../core/clock.js';
import { messageOf } from '../core/message-of.js';
import { PluginError } from '../plugin-sdk/plugin-error.js';
import type { CallName } from './call-name.js';
import type { CallFailure, CallResult } from './call-result.js';
import { callSpan, type CallPurpose } from './call-span.js';
import { sendingOn } from './child/sent-on.js';

export type { CallName } from './call-name.js';

/** Sees each call when it is over. */
export type CallObserver = (name: CallName, result: 'ok' | 'failed' | 'timed-out', seconds: number) => void;

/**
 * Calls into a plugin with a deadline. When the deadline passes the call's signal aborts and the caller goes on, whether
 * the plugin heeds the signal or not; whatever is thrown becomes a failure with its secrets masked.
 */
export async function boundedCall<T>(
  name: CallName,
  limits: {
    readonly clock: Clock;
    readonly timeoutMs: number;
    readonly mask: (text: string) => string;
    readonly observe: CallObserver;
    /** Without one it is called for no execution. */
    readonly purpose?: CallPurpose | undefined;
  },
  run: (signal: AbortSignal) => Promise<T>,
): Promise<CallResult<T>> {
  const abort = new AbortController();
  const started = performance.now();
  const { clock, timeoutMs, mask, observe, purpose } = limits;
  // what an alert calls its target may be anything
  const span = callSpan(name, purpose && { ...purpose, target: mask(purpose.target) });
  return span.run(async () => {
    let stop = (): void => undefined;
    const deadline = new Promise<CallResult<T>>((resolve) => {
      stop = clock.after(timeoutMs, () => {
        abort.abort(new Error(`no answer within ${timeoutMs} ms`));
        resolve({ ok: false, failure: { code: 'timed-out', detail: `no answer within ${timeoutMs} ms`, again: true } });
      });
    });
    const answer = sendingOn(span.headers, () => run(abort.signal)).then(
      (value): CallResult<T> => ({ ok: true, value }),
      (error: unknown): CallResult<T> => ({ ok: false, failure: failureOf(error, mask) }),
    );
    const result = await Promise.race([answer, deadline]);
    stop();
    const outcome = result.ok ? 'ok' : result.failure.code === 'timed-out' ? 'timed-out' : 'failed';
    span.end(outcome, result.ok ? undefined : result.failure);
    observe(name, outcome, (performance.now() - started) / 1000);
    return result;
  });
}

function failureOf(error: unknown, mask: (text: string) => string): CallFailure {
  if (error instanceof PluginError) return { code: error.code, detail: mask(error.message), again: error.again };
  if (error instanceof ZodError) {
    const detail = error.issues.map((issue) => `${issue.path.join('.') || 'parameters'}: ${issue.message}`).join('; ');
    return { code: 'wrong-parameters', detail: mask(detail), again: false };
  }
  return { code: 'plugin-failed', detail: mask(messageOf(error)), again: true };
}
