import { z } from 'zod';
import type { DiskWatermarkConfig } from './config.js';

/**
 * Makes the schema of the parameters of `evict-stale-cache/disk-watermark`.
 *
 * @param config decides which disks may be named
 */
export function paramsSchema(config: DiskWatermarkConfig | undefined) {
  return z.strictObject({ disk: diskSchema(config), from: z.enum(['freeze', 'evict', 'stop']) });
}

function diskSchema(config: DiskWatermarkConfig | undefined): z.ZodType<string> {
  if (config !== undefined) return z.enum(Object.keys(config.disks));
  return z.string().refine(() => false, 'no disk is configured: name disks under diskWatermark of the plugin');
}
