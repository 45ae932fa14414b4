import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { WATERMARKS } from '../plugins/evict-stale-cache/disk-watermark/levels.js';
import { CANARY_MS, LATE_MS, MANY_JOBS } from '../src/api/judge-loop.js';
import { baselinesOf } from '../src/catalog/topology-baselines.js';
import { topologySchema } from '../src/catalog/topology-schema.js';
import { parseDuration } from '../src/core/duration.js';
import { GOOD_FOR_MS } from '../src/engine/permit.js';
import { alertingRules, allRules } from './rig/rule-files.js';
import { projectRoot } from './rig/project.js';

const rules = allRules();
const rule = (name: string) => alertingRules().find(({ alert }) => alert === name)!;
const ms = (text: string) => {
  const read = parseDuration(text);
  return read.ok ? read.ms : Number.NaN;
};

function yaml(path: string): unknown {
  return parse(readFileSync(join(projectRoot, path), 'utf8'));
}

/** The figure that stands behind the last comparison of an expression. */
function limitOf(alert: string): number {
  return Number(/[<>]=? (\d+)/.exec(rule(alert).expr)?.[1]);
}

function threshold(of: string, level?: string): number {
  const found = rules.filter(({ record, labels }) => record === 'firebreak:threshold' && labels['of'] === of);
  return Number(found.find(({ labels }) => labels['level'] === level)?.expr);
}

describe('the figures of the alerts on Firebreak itself are those of Firebreak', () => {
  it.each([
    ['I16: FirebreakCanaryOld', limitOf('FirebreakCanaryOld'), CANARY_MS / 1000],
    ['FirebreakOldestDue', limitOf('FirebreakOldestDue'), LATE_MS / 1000],
    ['FirebreakQueueGrows', limitOf('FirebreakQueueGrows'), MANY_JOBS],
    ['FirebreakStoreAway', limitOf('FirebreakStoreAway'), GOOD_FOR_MS / 1000],
  ])('%s', (_, alert, product) => expect(alert).toBe(product));

  it('FirebreakApprovalWaits comes when the last third of the usual time begins', () => {
    const schema = readFileSync(join(projectRoot, 'src/catalog/runbook-schema.ts'), 'utf8');
    const [, within = ''] = /within: duration\(1000\)\.prefault\('(\w+)'\)/.exec(schema) ?? [];
    expect(ms(rule('FirebreakApprovalWaits').for)).toBe((ms(within) * 2) / 3);
  });
});

describe('the thresholds', () => {
  it('D2: are the watermarks of the probe disk-watermark', () => {
    for (const { level, from } of WATERMARKS) expect(threshold('disk_used', level)).toBe(from);
  });

  const judged = z.object({ spec: z.object({ verify: z.object({ with: z.object({ healthy: z.string() }) }) }) });
  it.each([
    ['throttle-service', '<', threshold('p99_ms') / 1000],
    ['degrade-feature', '<', threshold('p99_ms') / 1000],
    ['scale-out', '<', threshold('p99_ms') / 1000],
    ['evict-stale-cache', '>', threshold('cache_hit_rate')],
  ])('are what %s is judged by', (runbook, sign, figure) => {
    const { spec } = judged.parse(yaml(`runbooks/${runbook}.yaml`));
    expect(spec.verify.with.healthy).toBe(`${sign} ${figure}`);
  });

  it.each([
    ['A5: an error ratio of 15 %', threshold('error_ratio'), 0.15],
    ['A5: a round trip of 800 ms', threshold('rtt_ms'), 800],
    ['A5: 30 % less of a gauge of the runtime', threshold('runtime_drop'), 0.3],
    ['B1: a hit rate of 0.85', threshold('cache_hit_rate'), 0.85],
    ['B1: 300 s', threshold('config_stale_seconds'), 300],
  ])('are the figures that were asked for: %s', (_, is, asked) => expect(is).toBe(asked));

  it('are read by an alert, each of them, and none is read that does not stand there', () => {
    const all = rules.filter(({ record }) => record === 'firebreak:threshold').map(({ labels }) => labelsText(labels));
    const asked = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/firebreak:threshold\{([^}]*)\}/g)].map(([, text = '']) =>
        text.split(', ').toSorted().join(', '),
      ),
    );
    expect(new Set(asked)).toEqual(new Set(all));
  });

  it('B5: the offsets that are shipped are those of deploy/topology/three-regions.yaml', () => {
    const topology = topologySchema.parse(yaml('deploy/topology/three-regions.yaml'));
    const usual = topology.baselines['p99Ms'] ?? 0;
    const differ = Object.entries(baselinesOf(topology)).map(([id, own]) => [id, (own['p99Ms'] ?? 0) - usual] as const);
    const offsets = rules.filter(({ record }) => record === 'firebreak:threshold_offset_ms');
    expect(Object.fromEntries(offsets.map(({ labels, expr }) => [labels['center'], Number(expr)]))).toEqual(
      Object.fromEntries(differ.filter(([, ms]) => ms !== 0)),
    );
  });
});

function labelsText(labels: Readonly<Record<string, string>>): string {
  const texts = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return texts.toSorted().join(', ');
}
