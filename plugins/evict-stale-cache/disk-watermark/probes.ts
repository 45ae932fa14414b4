import type { DiskWatermarkKit } from './kit.js';
import { diskWatermarkProbe } from './probe.js';

/** The probes of disks, by name. */
export function diskWatermarkProbes(kit: DiskWatermarkKit) {
  return { 'disk-watermark': diskWatermarkProbe(kit) };
}
