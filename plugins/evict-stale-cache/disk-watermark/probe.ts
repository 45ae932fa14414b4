import { judge } from './judge.js';
import type { DiskWatermarkKit } from './kit.js';
import { paramsSchema } from './params.js';

/** Makes the probe that says how full a disk is, and what has to be done about it. */
export function diskWatermarkProbe({ probe, config }: DiskWatermarkKit) {
  return probe({
    summary: 'Compare how full a disk is with the watermarks: freeze from 85 %, evict from 92 %, stop from 98 %',
    params: paramsSchema(config.diskWatermark),
    async measure({ client, params: { disk, from }, signal, log }) {
      return judge(disk, await client.diskWatermark.used(disk, signal, log), from);
    },
  });
}
