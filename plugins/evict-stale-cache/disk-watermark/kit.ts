import type { Kit } from '../../../src/plugin-sdk/index.js';
import type { DiskWatermarkFields } from './config.js';
import type { Disks } from './disks.js';

/** What the probe needs of the plugin's client. */
export interface DiskWatermarkSystem {
  readonly diskWatermark: Disks;
}

/** Builders for the probe of a disk. */
export type DiskWatermarkKit = Kit<DiskWatermarkSystem, DiskWatermarkFields>;
