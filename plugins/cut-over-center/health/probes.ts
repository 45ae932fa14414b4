import type { HealthKit } from './kit.js';
import { healthProbe } from './probe.js';

/** The probes of the health of centres, by name. */
export function healthProbes(kit: HealthKit) {
  return { 'center-health': healthProbe(kit) };
}
