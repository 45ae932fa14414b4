import type { Ask } from './figures.js';
import { finding, numberOf, untold, type Finding, type Told } from './finding.js';
import type { Params } from './params.js';

/** Is there room at the centre for what comes along? A load that is not known is never taken for none. */
export async function checkHeadroom(
  { headroom: wanted, center, from, label }: Params,
  ask: Ask,
): Promise<Finding | undefined> {
  if (wanted === undefined) return undefined;
  const { capacity, least } = wanted;
  const [samples, extra] = await Promise.all([
    ask(wanted.load),
    wanted.takes === undefined ? undefined : ask(wanted.takes),
  ]);
  const load = amount(numberOf(samples, label, center));
  if (!load.told) return untold(`the load of ${center}`, load.why);
  const alongside = samples.some(({ labels }) => Object.hasOwn(labels, label));
  if (extra === undefined && !alongside)
    return untold(`what comes along from ${from}`, `the load is not given for each ${label}: say "takes"`);
  const takes = amount(numberOf(extra ?? samples, label, from));
  if (!takes.told) return untold(`what comes along from ${from}`, takes.why);
  const free = (capacity - load.value - takes.value) / capacity;
  const detail =
    `headroom ${percent(free)} of ${capacity} left free, wanted at least ${percent(least)}: ` +
    `${short(load.value)} carried at ${center} now, ${short(takes.value)} more from ${from}`;
  return finding(free >= least, detail, { headroom: free, load: Math.min(1, load.value / capacity) });
}

function amount(number: Told): Told {
  return number.told && number.value < 0 ? { told: false, why: `the query gives ${number.value}` } : number;
}

function percent(share: number): string {
  // Rounded down, so that what is too little never looks like enough.
  return `${Math.floor(share * 100)} %`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
