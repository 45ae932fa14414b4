/** One entry of the error catalogue: how the API answers, what happened, and what to do. */
export interface ErrorEntry {
  readonly status: number;
  readonly title: string;
  readonly advice: string;
}

/** Every error that Firebreak answers with, by its code; docs/errors.md explains the same list, and a test compares them. */
export const ERRORS = {
  'malformed-body': {
    status: 400,
    title: 'The body is not what this address takes',
    advice: 'Send JSON as documented in /api/docs.',
  },
  'unknown-property': {
    status: 400,
    title: 'The body has a property that is not known',
    advice: 'Leave the property out.',
  },
  'wrong-parameter': {
    status: 400,
    title: 'A query parameter is not usable',
    advice: 'See /api/docs for what is allowed.',
  },
  'unsupported-version': {
    status: 400,
    title: 'This webhook format is not known',
    advice: 'Send Alertmanager\'s format (version "4") or Grafana\'s (version "1"), without a custom payload.',
  },
  unauthenticated: {
    status: 401,
    title: 'Who are you?',
    advice: 'Send "Authorization: Bearer <token>" with a token from firebreak.yaml.',
  },
  forbidden: {
    status: 403,
    title: 'This is not allowed to you',
    advice: "Ask somebody with the role, or change the token's roles.",
  },
  'not-found': { status: 404, title: 'There is no such thing', advice: 'Check the name or the id.' },
  'method-not-allowed': { status: 405, title: 'This address does not answer to that method', advice: 'See /api/docs.' },
  'in-flight': { status: 409, title: 'The same request is being worked on', advice: 'Ask again in a moment.' },
  'not-in-phase': {
    status: 409,
    title: 'The execution is in a phase that does not answer to this',
    advice: 'Look at the execution again.',
  },
  'plan-changed': {
    status: 409,
    title: 'The plan is not the one that was shown',
    advice: 'Read the present plan and approve its digest.',
  },
  'own-request': {
    status: 403,
    title: 'Whoever asked for it cannot approve it',
    advice: 'Ask somebody else to approve.',
  },
  'under-way': { status: 409, title: 'A step is under way', advice: 'Ask again when its outcome is known.' },
  irreversible: {
    status: 409,
    title: 'This cannot be taken back',
    advice: 'Repair it by hand, guided by the journal.',
  },
  'already-so': { status: 409, title: 'It is so already', advice: 'Nothing has to be done.' },
  suppressed: { status: 409, title: 'A guard says no', advice: 'The detail names the guard and its numbers.' },
  expired: { status: 410, title: 'The time for this is over', advice: 'Start it again if it is still needed.' },
  'catalogue-refused': {
    status: 409,
    title: 'The new edition of the runbooks is not activated',
    advice: 'Mend what is named; the old edition stays in force.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    advice: 'It may have 16 MiB, a form 64 KiB. Of alerts: lower max_alerts or group more narrowly.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Only JSON is understood',
    advice: 'Send Content-Type: application/json.',
  },
  'key-reused': {
    status: 422,
    title: 'This idempotency key was used for another request',
    advice: 'Use a new key for a new request.',
  },
  'too-many-requests': {
    status: 429,
    title: 'You have asked too often',
    advice: 'Wait as long as Retry-After says; alerts are never counted.',
  },
  internal: { status: 500, title: 'Something is broken in Firebreak', advice: 'Look for the requestId in the log.' },
  overloaded: {
    status: 503,
    title: 'Too much at once',
    advice: 'Alertmanager sends again by itself; others should wait a moment.',
  },
  'identity-unavailable': {
    status: 503,
    title: 'Whoever says who you are does not answer',
    advice: 'Try again in a moment; until then use a token or another login.',
  },
  'store-unavailable': {
    status: 503,
    title: 'The store does not answer, so nothing was accepted',
    advice: 'Alertmanager sends again by itself; check Redis.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** Name of an entry of the error catalogue. */
export type ErrorCode = keyof typeof ERRORS;

/** An error with an entry in the catalogue; `detail` says what happened this time. */
export class FirebreakError extends Error {
  /**
   * @param code entry of the catalogue
   * @param detail what happened this time, for a person, without secrets
   */
  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'FirebreakError';
  }
}
