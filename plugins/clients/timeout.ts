import { positiveDuration } from './positive-duration.js';

/**
 * Makes the schema of a `timeout` in a plugin's configuration: a Prometheus duration, parsed to milliseconds.
 *
 * @param preset what holds when none is given, for example `2s`
 */
export function timeoutSchema(preset: string) {
  return positiveDuration(preset, 'a time-out');
}
