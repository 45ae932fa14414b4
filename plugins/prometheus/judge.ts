import type { Measurement } from '../../src/plugin-sdk/index.js';
import type { Comparison } from './comparison.js';
import type { Sample } from '../clients/instant-query.js';

/**
 * Makes one measurement of all series: healthy when each of them is as wanted, unhealthy when one is not, unknown when
 * there is none or one has no number.
 *
 * @param query names the value when there is just one series
 */
export function judge(query: string, samples: readonly Sample[], wanted: Comparison): Measurement {
  const [first] = samples;
  if (first === undefined)
    return { status: 'unknown', detail: `${shortened(query)} has no data, wanted ${wanted.text}` };
  const nameOf = (sample: Sample) => (samples.length === 1 ? shortened(query) : shortened(seriesName(sample)));
  const say = (sample: Sample) => `${nameOf(sample)} = ${sample.value}, wanted ${wanted.text}`;

  const blank = samples.find((sample) => Number.isNaN(sample.value));
  if (blank !== undefined) return { status: 'unknown', detail: say(blank) };
  const bad = samples.filter((sample) => !wanted.holds(sample.value));
  const shown = bad[0] ?? first;
  const count =
    samples.length === 1 ? '' : ` (${samples.length - bad.length} of ${samples.length} series are as wanted)`;
  return {
    status: bad.length === 0 ? 'healthy' : 'unhealthy',
    detail: `${say(shown)}${count}`,
    // Infinity would not survive the journal's JSON.
    ...(Number.isFinite(shown.value) ? { value: shown.value } : {}),
  };
}

function seriesName({ labels }: Sample): string {
  const { __name__: name = '', ...rest } = labels;
  const pairs = Object.entries(rest).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? name || '{}' : `${name}{${pairs.join(',')}}`;
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= 160 ? line : `${line.slice(0, 157)}...`;
}
