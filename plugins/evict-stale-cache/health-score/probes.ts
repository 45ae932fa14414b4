import type { HealthScoreKit } from './kit.js';
import { healthScoreProbe } from './probe.js';

/** The probes of the health of caches, by name. */
export function healthScoreProbes(kit: HealthScoreKit) {
  return { 'health-score': healthScoreProbe(kit) };
}
