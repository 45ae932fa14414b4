/** What kind of "no" it is, in Prometheus' own words. */
export type ErrorType = 'bad_data' | 'execution' | 'timeout';

/** A query that gets no answer, as Prometheus would say it. */
export interface Refusal {
  readonly ok: false;
  readonly errorType: ErrorType;
  readonly error: string;
}

/** With what status each is answered. */
export const STATUS_OF = {
  bad_data: 400,
  execution: 422,
  timeout: 503,
} as const satisfies Record<ErrorType, number>;

/** What was asked cannot be read, or is not understood here. */
export function badData(error: string): Refusal {
  return { ok: false, errorType: 'bad_data', error };
}

/** One parameter of what was asked cannot be read. */
export function badParameter(name: string, error: string): Refusal {
  return badData(`invalid parameter ${JSON.stringify(name)}: ${error}`);
}

/** It was read, and cannot be computed. */
export function notComputed(error: string): Refusal {
  return { ok: false, errorType: 'execution', error };
}

/** It took longer than it may. */
export const TIMED_OUT: Refusal = {
  ok: false,
  errorType: 'timeout',
  error: 'query timed out in expression evaluation',
};

/** So many queries are computed that it was not begun in time. */
export const WAITED_TOO_LONG: Refusal = { ok: false, errorType: 'timeout', error: 'query timed out in query queue' };
