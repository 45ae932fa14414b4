import { ERRORS, type ErrorCode } from '../../core/errors.js';
import type { ProblemBody } from '../../http/problem.js';

/** What a person at a browser does about it, where the catalogue advises those who write programs. */
const ADVICE: { readonly [code in ErrorCode]?: string } = {
  unauthenticated: 'Log in, or load the page with a credential that firebreak.yaml knows.',
  forbidden: 'Ask somebody who may do it, or whoever keeps firebreak.yaml for the role.',
  'not-found': 'Check the address. Closed executions are kept for 30 days.',
  'method-not-allowed': 'Go back and use the buttons of the page.',
  'wrong-parameter': 'Correct the address, or leave out what stands behind the question mark.',
  'malformed-body': 'Go back, correct what is named above, and send it again.',
  'unknown-property': 'Go back, load the page again, and send it once more.',
  'plan-changed': 'Go back, load the page again, and read the present plan before you decide.',
  'body-too-large': 'Go back and send less at once.',
  overloaded: 'Wait a moment, then load the page again.',
  'store-unavailable':
    'Check Redis. What is under way is not lost and goes on when Redis is back; this page comes back by itself.',
  internal: 'Load the page again. If it stays so, look for the request id in the log.',
};

/** What the page about an error says. */
export function problemModel({ code, status, title, detail, requestId }: ProblemBody): object {
  return {
    code,
    status,
    title,
    detail,
    advice: ADVICE[code] ?? ERRORS[code].advice,
    requestId,
    tone: status >= 500 ? 'bad' : 'warn',
  };
}
