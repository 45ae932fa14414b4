import { PluginError } from '../../../src/plugin-sdk/index.js';
import { MAX_LIMIT } from '../fields.js';
import type { NginxLimit } from './config.js';

type Zone = Pick<NginxLimit, 'zone' | 'key' | 'size'>;

/** Writes the whole of a limit file: nginx counts by the first line, and says by the second what it goes by. */
export function textOf({ zone, key, size }: Zone, rate: number): string {
  return [
    '# Written by Firebreak, which changes the two numbers; put nothing else here.',
    `limit_req_zone ${key} zone=${zone}:${size} rate=${rate}r/s;`,
    `map $host $firebreak_${zone} { default ${rate}; }`,
    '',
  ].join('\n');
}

/**
 * Reads a limit file.
 *
 * @throws PluginError `not-understood` when it is not such a file to the letter, with what it should be
 */
export function rateIn(zone: Zone, text: string): number {
  const rate = Number(/ rate=([1-9][0-9]{0,9})r\/s;/.exec(text)?.[1]);
  if (rate <= MAX_LIMIT && text === textOf(zone, rate)) return rate;
  const wanted = textOf(zone, 100).trimEnd().split('\n').slice(1).join(' ');
  throw new PluginError(
    'not-understood',
    `the limit file of zone ${zone.zone} is not as Firebreak writes it, so it is left alone: it must be a comment and ` +
      `${wanted} (with your rate); see plugins/throttle/README.md`,
    false,
  );
}
