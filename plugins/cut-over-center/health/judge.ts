import type { Measurement } from '../../../src/plugin-sdk/index.js';
import type { Saying } from './saying.js';

/** What is to be so: the centre up, the centre down, or the vantage points of one mind. */
export const EXPECTATIONS = ['up', 'down', 'agreed'] as const;

/** One of them. */
export type Expectation = (typeof EXPECTATIONS)[number];

/**
 * Makes one measurement of what the vantage points say: only what all of them say counts, so that a broken link of one
 * is never taken for a centre that is down.
 *
 * @param expect what counts as healthy
 * @param sayings of every vantage point that is configured
 */
export function judge(expect: Expectation, sayings: readonly Saying[]): Measurement {
  const values = valuesOf(sayings);
  const unknown = (detail: string): Measurement => ({ status: 'unknown', values, detail });
  const first = sayings[0]?.says ?? 'silent';
  const all = sayings.map(say).join(', ');
  if (sayings.length < 2 && expect !== 'up')
    return unknown(`${all}; one vantage point is not enough: configure a second one under health.vantages`);
  if (sayings.some(({ says }) => says === 'silent')) return unknown(`not every vantage point can tell: ${all}`);
  if (first === 'silent' || sayings.some(({ says }) => says !== first))
    return unknown(`the vantage points disagree: ${all}`);
  const status = expect === 'agreed' || expect === first ? 'healthy' : 'unhealthy';
  return { status, ...(values['health'] === undefined ? {} : { value: values['health'] }), values, detail: all };
}

function say({ vantage, says, detail }: Saying): string {
  return says === 'silent' ? `${vantage} is silent (${detail})` : `${vantage} says ${says} (${detail})`;
}

/** `health` is the share of those who can tell that say up; `seconds_<vantage>` is how long each of them took. */
function valuesOf(sayings: readonly Saying[]): { readonly [name: string]: number } {
  const telling = sayings.filter((saying) => saying.says !== 'silent');
  if (telling.length === 0) return {};
  const up = telling.filter(({ says }) => says === 'up').length;
  return {
    health: up / telling.length,
    ...Object.fromEntries(telling.map(({ vantage, seconds }) => [`seconds_${vantage}`, seconds])),
  };
}
