interface Waiting<T, R> {
  readonly items: readonly T[];
  readonly resolve: (results: R[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes one call of all calls that are made within one turn of the event loop: under load many webhooks arrive in the
 * same turn, and one round trip then serves them all. Alone, a call waits no longer than the turn lasts.
 *
 * @param run handles all items at once and gives a result for each, in their order; when it fails, all calls fail
 */
export function gather<T, R>(
  run: (items: readonly T[]) => Promise<readonly R[]>,
): (items: readonly T[]) => Promise<R[]> {
  let waiting: Waiting<T, R>[] = [];
  const flush = (): void => {
    const calls = waiting;
    waiting = [];
    run(calls.flatMap((call) => call.items)).then(
      (results) => {
        let from = 0;
        for (const { items, resolve } of calls) resolve(results.slice(from, (from += items.length)));
      },
      (error: unknown) => {
        for (const { reject } of calls) reject(error);
      },
    );
  };
  return (items) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ items, resolve, reject });
    });
}
