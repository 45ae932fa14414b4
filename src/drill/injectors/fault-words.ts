import { formatDuration } from '../../core/duration.js';
import type { Inject } from '../inject-schema.js';

/** Says what the fault is: `500ms latency for 30s`. */
export function faultWords({ latency, errors, for: forMs }: Inject): string {
  const time = `for ${formatDuration(forMs)}`;
  if (latency !== undefined) return `${formatDuration(latency)} latency ${time}`;
  return errors === undefined ? `killed ${time}` : `${Number((errors * 100).toFixed(3))} % errors ${time}`;
}
