import type { Instant } from '../../core/alert.js';
import type { StandingAnswer } from '../../watch/answer.js';

/** The probe that says whether a centre can take over. */
const READINESS = 'cut-over-center/readiness';
/** An answer is old when so many more were due since. */
const MISSED = 3;
const LEAST_MS = 10_000;

/** Figures by which standing probes say how far a centre's data are behind, with their units. */
const LAGS: Readonly<Record<string, string>> = {
  lag: 's',
  lagSeconds: 's',
  lagBytes: 'bytes',
  silentSeconds: 's silent',
};

/** Makes a row for each thing that a standing probe says of a centre, and one for each centre of which none says anything. */
export function probeRows(centers: readonly string[], answers: readonly StandingAnswer[], now: Instant) {
  return centers.map((center) => {
    const own = answers.filter((answer) => answer.center === center);
    const lags = own.filter((one) => lagOf(one) !== '');
    return {
      center,
      ready: own.filter(({ asks }) => asks === READINESS).map((one) => rowOf(one, now)),
      lags: lags.map((one) => ({ ...rowOf(one, now), lag: lagOf(one) })),
      others: own.filter((one) => one.asks !== READINESS && !lags.includes(one)).map((one) => rowOf(one, now)),
    };
  });
}

function rowOf({ probe, last, told, everyMs }: StandingAnswer, now: Instant) {
  const at = told?.at ?? null;
  const isOld = at === null || now - at > Math.max(LEAST_MS, MISSED * everyMs);
  return { probe, status: last.status, detail: last.detail, at, stale: at !== null && isOld };
}

/** From the last answer that told, because an answer that could not be given says nothing of the data. */
function lagOf({ told }: StandingAnswer): string {
  return Object.entries(LAGS)
    .flatMap(([name, unit]) => {
      const value = told?.values?.[name];
      return value === undefined ? [] : [`${Number(value.toPrecision(4))} ${unit}`];
    })
    .join(', ');
}
