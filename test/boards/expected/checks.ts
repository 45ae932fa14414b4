import type { Series } from '../frames.js';

/** Says what is wrong with the answer to a query, if anything is. */
export type Check = (series: readonly Series[]) => string | undefined;

/** What the known history must show on a board: by the title of the panel and the name of its query. */
export type Expected = Readonly<Record<string, Readonly<Record<string, Check>>>>;

/** Labels that say where a figure comes from, not what it is about. */
const APART = new Set(['__name__', 'job', 'instance']);

/** Values of the labels in order of their names. */
export function keyOf({ labels }: Series): string {
  const own = Object.keys(labels).filter((name) => !APART.has(name));
  return own
    .toSorted()
    .map((name) => labels[name])
    .join(' ');
}

const last = ({ points }: Series): number => points.at(-1)?.[1] ?? NaN;
const isKnown = ({ points }: Series): boolean => points.some(([, value]) => Number.isFinite(value));
const list = (words: readonly string[]): string => JSON.stringify(words.toSorted());

/** One series without labels, which ends with this value. */
export function value(wanted: number): Check {
  return each({ '': wanted });
}

/** Just these series, by the values of their labels, each of which ends with this value. */
export function each(wanted: Readonly<Record<string, number>>): Check {
  return (series) => {
    const found = Object.fromEntries(series.map((one) => [keyOf(one), last(one)]));
    const sorted = (of: Readonly<Record<string, number>>): string =>
      Object.entries(of)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        // what comes of fractions differs in the last digits
        .map(([key, one]) => `${key}=${Number.isFinite(one) ? Number(one.toPrecision(9)) : one}`)
        .join();
    return sorted(found) === sorted(wanted) ? undefined : `${sorted(found)} instead of ${sorted(wanted)}`;
  };
}

/** Just these series, by the values of their labels; each has a value somewhere. */
export function lines(...wanted: readonly string[]): Check {
  return (series) => {
    const found = series.map(keyOf);
    if (list(found) !== list(wanted)) return `${list(found)} instead of ${list(wanted)}`;
    return series.every(isKnown) ? undefined : `no value: ${list(series.filter((one) => !isKnown(one)).map(keyOf))}`;
  };
}

/** At least these series; each of all has a value somewhere, unless it says nothing while nothing happens. */
export function among(...wanted: readonly string[]): Check {
  return (series) => {
    const found = new Set(series.filter(isKnown).map(keyOf));
    const missing = wanted.filter((key) => !found.has(key));
    return missing.length === 0 ? undefined : `without ${list(missing)}; there are ${list([...found])}`;
  };
}

/** So many series, each with these labels among others. */
export function rows(count: number, labels: Readonly<Record<string, string>>): Check {
  return (series) => {
    const other = series.find((one) => Object.entries(labels).some(([name, wanted]) => one.labels[name] !== wanted));
    if (other !== undefined) return `${JSON.stringify(other.labels)} among those with ${JSON.stringify(labels)}`;
    return series.length === count ? undefined : `${series.length} instead of ${count}`;
  };
}

/** At least one series, each with these labels among others. */
export function some(labels: Readonly<Record<string, string>>): Check {
  return (series) => (series.length === 0 ? 'nothing' : rows(series.length, labels)(series));
}

/**
 * Nothing, and the panel says so by itself.
 *
 * @param _why the history has nothing there
 */
export function nothing(_why: string): Check {
  return (series) => (series.length === 0 ? undefined : `${list(series.map(keyOf))} instead of nothing`);
}

/** Whether a check wants an empty answer. */
export function wantsNothing(check: Check): boolean {
  return check([]) === undefined;
}
