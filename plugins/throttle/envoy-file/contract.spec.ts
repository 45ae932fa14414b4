import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, PluginLog } from '../../../src/plugin-sdk/index.js';
import type { Action } from '../../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../../src/testing/action-contract.js';
import { CDS_YAML, RTDS_JSON } from '../../../test/rig/envoy-files.js';
import plugin from '../index.js';

const lift = { every: '100ms', within: '5s' };
const cluster = { file: 'clusters', of: { cluster: 'orders', threshold: 'max_requests' }, limit: 100, lift };
const runtime = { file: 'runtime', of: { layer: 'limits', key: 'orders.per_second' }, limit: 30, lift };
const nonsense: Json[] = [
  null,
  {},
  ...['/etc/passwd', 'other', '__proto__', ''].map((file) => ({ ...cluster, file })),
  ...['', 'a b', 'a\nb', 'x'.repeat(257)].map((name) => ({ ...cluster, of: { ...cluster.of, cluster: name } })),
  { ...cluster, of: { cluster: 'orders', threshold: 'max_retries' } },
  { ...cluster, of: { cluster: 'orders', layer: 'limits', key: 'x' } },
  ...[0, -1, 1.5, '20', null].map((limit) => ({ ...cluster, limit })),
  { ...cluster, full: 1000 },
];

describe('throttle/envoy-file against real files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'firebreak-limits-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function world(params: Json, log: PluginLog): Promise<ActionWorld> {
    const files = { clusters: join(folder, 'cds.yaml'), runtime: join(folder, 'rtds.json') };
    const text = (path: string) => readFileSync(path, 'utf8').replace(/version_info(": |: )"[^"]*"/, 'version');
    return {
      plugin: plugin.instantiate({ envoyFile: { files } }, log),
      params,
      nonsense,
      // without the version, which only ever rises
      read: async () => [text(files.clusters), text(files.runtime)],
      reset: async () => {
        writeFileSync(files.clusters, CDS_YAML);
        writeFileSync(files.runtime, RTDS_JSON);
        chmodSync(files.clusters, 0o640);
      },
      close: async () => {},
    };
  }

  describeActionContract('a threshold of a cluster in YAML', {
    action: 'envoy-file',
    world: (log) => world(cluster, log),
  });
  describeActionContract('a runtime value in JSON', { action: 'envoy-file', world: (log) => world(runtime, log) });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'revert restores what was there, and does nothing when repeated',
      ({ revert }) => ({ revert: (call, with_) => revert(call, with_, { limit: 400 }) }),
    ],
    [
      'a change that nobody needs any more is taken back completely, in stages or at once',
      ({ revert }) => ({
        revert: async (call, ...rest) => {
          const progress = await revert(call, ...rest);
          return call.lifting === undefined ? progress : { done: true };
        },
      }),
    ],
  ];
  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const sound = { action: 'envoy-file', world: (log: PluginLog) => world(cluster, log) };
    const found = await contractViolations(withVariant(sound, variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});
