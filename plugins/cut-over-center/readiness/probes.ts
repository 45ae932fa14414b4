import type { ReadinessKit } from './kit.js';
import { readinessProbe } from './probe.js';

/** The probes of the readiness of centres, by name. */
export function readinessProbes(kit: ReadinessKit) {
  return { readiness: readinessProbe(kit) };
}
