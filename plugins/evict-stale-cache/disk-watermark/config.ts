import { z } from 'zod';
import { httpUrl } from '../../clients/http.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { secret } from '../../../src/plugin-sdk/index.js';

const labels = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'is no name of a label'), z.string().min(1).max(256))
  .refine((given) => 'mountpoint' in given || 'device' in given, 'say which disk: mountpoint or device');

const disk = z.union([
  /** As node-exporter sees it: the series of `node_filesystem_avail_bytes` and `node_filesystem_size_bytes` with these labels. */
  z.strictObject({ labels }),
  /** A folder on it, where Firebreak runs. */
  z.strictObject({ path: z.string().startsWith('/').max(4_096) }),
]);

const section = z
  .strictObject({
    /** What speaks Prometheus' query API; needed for disks that are named by labels. */
    prometheus: httpUrl.optional(),
    token: secret().optional(),
    /** For each look. */
    timeout: timeoutSchema('2s'),
    disks: z
      .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), disk)
      .refine((disks) => Object.keys(disks).length > 0, 'name at least one disk'),
  })
  .refine(({ prometheus, disks }) => prometheus !== undefined || !Object.values(disks).some((one) => 'labels' in one), {
    path: ['prometheus'],
    message: 'is needed: a disk is named by labels',
  });

/** The part of the plugin's configuration that names disks. */
export const diskWatermarkFields = { diskWatermark: section.optional() };

const fields = z.strictObject(diskWatermarkFields);

/** That part as parsed. */
export type DiskWatermarkFields = z.infer<typeof fields>;

/** What the part says, if it is there; `timeout` is in milliseconds. */
export type DiskWatermarkConfig = z.output<typeof section>;

/** One disk of it. */
export type Disk = z.output<typeof disk>;
