import type { Request } from './load.js';

/** What the users of a service felt of one fault; moments in milliseconds since the epoch. */
export interface Outage {
  readonly lastSuccessBefore: number | undefined;
  /** Requests sent from the fault to the return of the service that failed. */
  readonly failed: number;
  readonly firstSuccessAfter: number | undefined;
  /** When the first of K consecutive successes was answered, or nothing while the service is not back. */
  readonly backAt: number | undefined;
  /** Which centre gave that answer. */
  readonly backOn: string | undefined;
}

/**
 * Reads an outage out of a load's requests: the service is back with the first of `consecutive` successes in a row after
 * the first failure.
 *
 * @param requests in the order in which they were sent
 * @param faultAt when the fault happened
 * @param consecutive how many successes in a row count as "back"
 */
export function outageAround(requests: readonly Request[], faultAt: number, consecutive = 10): Outage {
  const lastBefore = requests.findLast((request) => request.ok && request.doneAt <= faultAt);
  const firstFailure = requests.findIndex((request) => !request.ok && request.doneAt > faultAt);
  const after = firstFailure < 0 ? [] : requests.slice(firstFailure);
  const backIndex = after.findIndex(
    (_, index) =>
      index + consecutive <= after.length && after.slice(index, index + consecutive).every((request) => request.ok),
  );
  const outage = backIndex < 0 ? after : after.slice(0, backIndex);
  const back = backIndex < 0 ? undefined : after[backIndex];
  return {
    lastSuccessBefore: lastBefore?.doneAt,
    failed: outage.filter((request) => !request.ok).length,
    firstSuccessAfter: after.find((request) => request.ok)?.doneAt,
    backAt: back?.doneAt,
    backOn: back?.center,
  };
}
