import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Names } from './names.js';
import { formatProblem } from './problem.js';
import { readRunbook } from './read-runbook.js';
import { EMPTY_TOPOLOGY, readTopology, type Topology } from './topology.js';

const action = { params: z.object({}), reversible: true };
const names: Names = {
  actions: new Map([
    ['cache/clear', action],
    ['cut-over-center/haproxy', action],
  ]),
  probes: new Map(),
  notifiers: new Set(),
};

function topologyOf(more: string): Topology {
  const text = `apiVersion: firebreak/v1
kind: Topology
regions: { north: {} }
centers:
  a: { region: north, vendor: v, role: serving, capacity: 10 }
  b: { region: north, vendor: v, role: standby, capacity: 10 }
${more}`;
  const read = readTopology({ file: 't.yaml', text });
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'));
  return read.topology;
}
const ASSERTED = topologyOf('assertions: [{ name: one, minServing: 1 }]');

function problems(topology: Topology | undefined, uses: string, more = ''): string[] {
  const text = `apiVersion: firebreak/v1
kind: Runbook
metadata: { name: clear, title: Clear, owner: team-x }
spec:
  match: ['alertname="X"']
  target: 'cache/{{labels.service}}'
  steps: [{ name: first, uses: cache/clear }, { name: second, uses: ${uses} }]
${more}`;
  const context = { names, ...(topology === undefined ? {} : { topology }) };
  return readRunbook('r.yaml', text, context).problems.map(formatProblem);
}

const CUT_OVER = 'cut-over-center/haproxy';

describe('a cut-over', () => {
  it('must say which centre it takes out when the topology has assertions', () => {
    expect(problems(ASSERTED, CUT_OVER)).toEqual([
      `r.yaml:7:69: a cut-over needs spec.serving, so that the topology's assertions can be held against it: write for example serving: { out: '{{labels.center}}' }`,
    ]);
    expect(problems(ASSERTED, CUT_OVER, "  serving: { out: '{{labels.center}}' }")).toEqual([]);
  });

  it('need not say it when nothing would be held against it, and neither need any other runbook', () => {
    expect(problems(EMPTY_TOPOLOGY, CUT_OVER)).toEqual([]);
    expect(problems(ASSERTED, 'cache/clear')).toEqual([]);
  });

  it('runs by itself only when the topology has assertions', () => {
    const serving = '  serving: { out: a }\n  mode: auto';
    expect(problems(EMPTY_TOPOLOGY, CUT_OVER, serving)).toEqual([
      expect.stringMatching(/^r\.yaml:9:9: a cut-over runs by itself only when the topology has "assertions"/),
    ]);
    expect(problems(ASSERTED, CUT_OVER, serving)).toEqual([]);
  });

  it('does not run by itself because centres rest after a move: that keeps nobody in service', () => {
    const restful = topologyOf('assertions: [{ name: calm, antiFlap: 10m }]');
    expect(problems(restful, CUT_OVER, '  serving: { out: a }\n  mode: auto')).toEqual([
      expect.stringContaining('minServing or minCapacity'),
    ]);
  });

  it('is told nothing about a topology that cannot be read', () => {
    expect(problems(undefined, CUT_OVER, '  mode: auto')).toEqual([]);
  });

  it('must name centres that are there, as far as that can be told', () => {
    expect(problems(ASSERTED, CUT_OVER, "  serving: { out: aa, in: '{{topology.center.standby}}' }")).toEqual([
      'r.yaml:8:19: spec.serving.out: unknown centre "aa": did you mean "a"? known: a, b',
    ]);
  });
});

describe('a centre that is chosen', () => {
  const services = topologyOf('services: { shop: { centers: [a, b] } }');

  it('is chosen instead of one that is there, among those of a service that is there, as far as that can be told', () => {
    const choosing = (with_: string) => problems(services, 'cache/clear', `  chooseCenter: ${with_}`);
    expect(choosing("{ insteadOf: '{{labels.center}}', service: '{{labels.service}}' }")).toEqual([]);
    expect(choosing('{ insteadOf: aa, service: shpo }')).toEqual([
      'r.yaml:8:30: spec.chooseCenter.insteadOf: unknown centre "aa": did you mean "a"? known: a, b',
      'r.yaml:8:43: spec.chooseCenter.service: unknown service "shpo": did you mean "shop"? known: shop',
    ]);
    expect(choosing("{ insteadOff: '{{labels.center}}' }").join()).toContain('did you mean "insteadOf"?');
  });

  it('must have been chosen before anything can be read of it', () => {
    const reads = "  serving: { out: '{{labels.center}}', in: '{{topology.chosen.id}}' }";
    expect(problems(ASSERTED, CUT_OVER, reads)).toEqual([
      "r.yaml:4:1: topology.chosen needs spec.chooseCenter: add chooseCenter: { insteadOf: '{{labels.center}}' }",
    ]);
    const chooses = "\n  chooseCenter: { insteadOf: '{{labels.center}}' }";
    expect(problems(ASSERTED, CUT_OVER, reads + chooses)).toEqual([]);
  });
});

describe('a share of a group', () => {
  const share = (by: string) => `  guards: { blastRadius: { by: ${by}, percent: 20, per: 1h } }`;

  it('needs a group that the topology knows', () => {
    const topology = topologyOf('groups: { cluster: { eu: 12 } }');
    expect(problems(topology, 'cache/clear', share('cluster'))).toEqual([]);
    expect(problems(topology, 'cache/clear', share('region'))).toEqual([]);
    expect(problems(topology, 'cache/clear', share('cluser'))).toEqual([
      'r.yaml:8:49: spec.guards.blastRadius.percent: the topology has no groups by "cluser": did you mean "cluster"? known: cluster, region, role, vendor; describe them there under "groups", or write a limit',
    ]);
  });

  it('cannot be taken of centres where there are none', () => {
    expect(problems(EMPTY_TOPOLOGY, 'cache/clear', share('region'))).toHaveLength(1);
    expect(problems(undefined, 'cache/clear', share('region'))).toEqual([]);
  });

  it('is not asked of a storm, which also counts without groups', () => {
    expect(problems(EMPTY_TOPOLOGY, 'cache/clear', '  guards: { storm: { by: cluster, percent: 20 } }')).toEqual([]);
  });
});
