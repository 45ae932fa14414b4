import type { Measurement } from '../../../src/plugin-sdk/index.js';
import { differencesOf, type Comparison } from './comparison.js';
import type { Params } from './params.js';
import type { PassMemory } from './passes.js';
import type { Difference } from './verdict.js';

const SAYING: Readonly<Record<Difference, string>> = {
  mismatch: 'different',
  missingHere: 'missing here',
  missingThere: 'missing there',
};

/**
 * Says what a pair's passes mean: healthy only by a complete pass that is young enough and found few enough differences.
 *
 * @param now when it is asked, in milliseconds
 */
export function answerOf({ underWay, last, about }: PassMemory, params: Params, now: number): Measurement {
  const pair = `${params.kind} ${params.cluster}: ${params.here} (here) and ${params.there} (there)`;
  const progress = progressOf(underWay?.comparison, about);
  const shown = last?.comparison ?? underWay?.comparison;
  const ageMs = last === undefined ? undefined : now - last.endedAt;
  const values = {
    ...(shown === undefined ? {} : shown.counts),
    ...(ageMs === undefined ? {} : { passAgeSeconds: Math.round(ageMs / 1_000) }),
    progress: underWay === undefined && last !== undefined ? 1 : progress,
  };
  const made = (status: Measurement['status'], text: string, found?: Comparison): Measurement => ({
    status,
    ...(found === undefined ? {} : { value: differencesOf(found.counts) }),
    values,
    detail: `${pair} ${text}`,
  });

  const soFar = underWay?.comparison;
  if (soFar !== undefined && differencesOf(soFar.counts) > params.most)
    return made('unhealthy', `differ, as far as they were compared: ${differencesText(soFar)}`, soFar);
  if (last === undefined || ageMs === undefined) {
    return made('unknown', `are being compared for the first time: ${progressText(soFar, about)}`);
  }
  const age = `${Math.round(ageMs / 1_000)} s ago`;
  const { comparison } = last;
  if (differencesOf(comparison.counts) > params.most)
    return made('unhealthy', `differed ${age}: ${differencesText(comparison)}`, comparison);
  if (ageMs > params.within)
    return made('unknown', `were compared ${age}, which is too long; now: ${progressText(soFar, about)}`, comparison);
  return made('healthy', `agreed ${age}: ${differencesText(comparison)}`, comparison);
}

function differencesText({ counts, first }: Comparison): string {
  const kinds = (['mismatch', 'missingHere', 'missingThere'] as const).flatMap((kind) => {
    if (counts[kind] === 0) return [];
    const keys = first[kind].map((key) => JSON.stringify(key)).join(', ');
    return [
      `${count(counts[kind])} ${SAYING[kind]}${keys === '' ? '' : ` (${keys}${counts[kind] > first[kind].length ? ', ...' : ''})`}`,
    ];
  });
  const unsettled = counts.unsettled === 0 ? [] : [`${count(counts.unsettled)} changed all the time`];
  return [`${count(counts.match)} the same`, ...kinds, ...unsettled].join(', ');
}

function progressText(comparison: Comparison | undefined, about: number): string {
  // Each key is looked at from both sides, so that a pass looks at twice as many.
  return `${count(Math.floor((comparison?.looked ?? 0) / 2))} of about ${count(about)}`;
}

function progressOf(comparison: Comparison | undefined, about: number): number {
  if (comparison === undefined || about === 0) return 0;
  return Math.min(1, comparison.looked / (2 * about));
}

const count = (number: number): string => number.toLocaleString('en-US');
