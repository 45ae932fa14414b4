import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { render } from '../core/render.js';
import { parseWindow } from '../core/window.js';
import type { Names } from './names.js';
import { readRunbook } from './read-runbook.js';

const params = z.record(z.string(), z.json());
const names: Names = {
  actions: new Map([['cache/clear', { params, reversible: true }]]),
  probes: new Map([['prometheus/query', { params }]]),
  notifiers: new Set(),
  unconfigured: new Set(['other', 'third']),
};

const read = (more: string) =>
  readRunbook(
    'r.yaml',
    `apiVersion: firebreak/v1
kind: Runbook
metadata: { name: clear, title: Clear, owner: team-x }
spec:
  match: ['alertname="X"']
  target: 'cache/{{labels.service}}'
  steps: [{ name: clear, uses: cache/clear }]
${more}`,
    { names },
  );

function runbook(more: string) {
  const { runbook: found, problems } = read(more);
  expect(problems).toEqual([]);
  return found!;
}

const MINUTE = 60_000;

describe('a runbook that says nothing about it', () => {
  it('has the storm and the recurrence as brakes, and no others that count', () => {
    expect(runbook('').guards).toEqual({
      cooldownMs: 60 * MINUTE,
      maxAlertAgeMs: 60 * MINUTE,
      storm: { distinctTargets: 5, perMs: 10 * MINUTE, percent: 40, calmMs: 10 * MINUTE },
      recurrence: { limit: 5, perMs: 7 * 24 * 60 * MINUTE },
      require: [],
    });
  });

  it('asks one approver, and closes when nobody answers', () => {
    expect(runbook('').approval).toEqual({
      required: 1,
      withinMs: 15 * MINUTE,
      roles: ['approver'],
      onExpiry: 'close',
    });
  });

  it('judges a probe that fails as one without an answer, and harm as a bad result', () => {
    const { limits, guards } = runbook('  verify: { probe: prometheus/query, unhealthy: 4, unknown: 6 }').verify!;
    expect(limits).toMatchObject({ unhealthy: 4, worse: 4, unknown: 6, error: 6 });
    expect(guards).toEqual([]);
  });

  it('has no lease to extend, no next runbook and no centre', () => {
    expect(Object.keys(runbook(''))).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(leaseMs|leaseMaxMs|escalate|serving)$/)]),
    );
  });
});

describe('the word off', () => {
  it('takes off the storm and the recurrence, and nothing else does', () => {
    expect(runbook('  guards: { storm: off, recurrence: off }').guards).toEqual({
      cooldownMs: 60 * MINUTE,
      maxAlertAgeMs: 60 * MINUTE,
      require: [],
    });
    for (const other of ['false', 'no', 'Off', '0', '[]', '~']) {
      const { problems } = read(`  guards: { storm: ${other}, recurrence: ${other} }`);
      expect(
        problems.map(({ message }) => message),
        other,
      ).toEqual([
        expect.stringMatching(/^spec\.guards\.storm: must be a map, or off; not /),
        expect.stringMatching(/^spec\.guards\.recurrence: must be a map, or off; not /),
      ]);
    }
  });
});

describe('a runbook that says everything', () => {
  it('gives its brakes to the core', () => {
    const { guards } = runbook(`
  guards:
    blastRadius: { by: cluster, limit: 3, per: 30m }
    storm: { distinctTargets: 2, per: 1m, percent: 25, calm: 2m, propose: other }
    windows: { only: ['Mon-Fri 08:00-18:00 Asia/Shanghai'], never: ['2026-12-31'] }
    require: [{ probe: prometheus/query, with: { query: up } }]
    recurrence: { limit: 1 }`);
    const windowOf = (text: string) => {
      const parsed = parseWindow(text);
      return parsed.ok ? parsed.window : undefined;
    };
    expect(guards).toMatchObject({
      blastRadius: { by: 'cluster', limit: 3, perMs: 30 * MINUTE },
      storm: { distinctTargets: 2, perMs: MINUTE, percent: 25, calmMs: 2 * MINUTE, propose: 'other', by: 'cluster' },
      windows: { only: [windowOf('Mon-Fri 08:00-18:00 Asia/Shanghai')], never: [windowOf('2026-12-31')] },
      require: [{ probe: 'prometheus/query', with: { source: { query: 'up' } } }],
      recurrence: { limit: 1, perMs: 7 * 24 * 60 * MINUTE },
    });
    expect(guards.blastRadius).not.toHaveProperty('percent');
    const share = runbook('  guards: { blastRadius: { by: cluster, percent: 20, per: 30m } }').guards.blastRadius;
    expect(share).toEqual({ by: 'cluster', percent: 20, perMs: 30 * MINUTE });
  });

  it('counts a storm by its own label before that of the blast radius', () => {
    const { guards } = runbook('  guards: { blastRadius: { by: a, limit: 1, per: 1m }, storm: { by: b } }');
    expect(guards.storm?.by).toBe('b');
  });

  it('gives everything else to the core', () => {
    const found = runbook(`
  approval: { required: 2, roles: [approver, sre, sre], within: 1m, onExpiry: escalate }
  verify:
    probe: prometheus/query
    error: 7
    worse: 1
    guards: [{ name: errors, probe: prometheus/query, with: { query: errors } }]
  lease: 30m
  maxLease: 30m
  escalate: other
  serving: { out: '{{labels.center}}', in: b }`);
    expect(found).toMatchObject({
      approval: { required: 2, roles: ['approver', 'sre', 'sre'], withinMs: MINUTE, onExpiry: 'escalate' },
      verify: {
        limits: { error: 7, worse: 1 },
        guards: [{ name: 'errors', probe: 'prometheus/query', with: { source: { query: 'errors' } } }],
      },
      leaseMs: 30 * MINUTE,
      leaseMaxMs: 30 * MINUTE,
      escalate: 'other',
      serving: { out: { source: '{{labels.center}}' }, in: { source: 'b' } },
    });
    expect(runbook(`  serving: { out: a }`).serving).not.toHaveProperty('in');
  });

  it('fills in how each step is verified, and says in which one something is missing', () => {
    const text = (query: string): string => `apiVersion: firebreak/v1
kind: Runbook
metadata: { name: stages, title: Stages, owner: team-x }
spec:
  match: ['alertname="X"']
  target: 'cache/{{labels.service}}'
  steps:
    - name: tenth
      uses: cache/clear
      verify:
        probe: prometheus/query
        with: { query: '${query}' }
        every: 200ms
        healthy: 1
        guards: [{ name: errors, probe: prometheus/query, with: { query: 'errors_{{labels.service}}' } }]
    - { name: all, uses: cache/clear }
  verify: { probe: prometheus/query }`;
    const alert = { name: 'X', fingerprint: 'f', startsAt: '', generatorURL: '' };
    const scope = { labels: { service: 'shop' }, annotations: {}, alert, params: {}, config: {}, topology: {} };
    const rendered = render(readRunbook('r.yaml', text('up_{{labels.service}}'), { names }).runbook!, scope);
    expect(rendered).toMatchObject({
      orders: {
        steps: [
          {
            name: 'tenth',
            verify: {
              probe: 'prometheus/query',
              with: { query: 'up_shop' },
              limits: { everyMs: 200, healthy: 1, unhealthy: 3, worse: 3, withinMs: 2 * MINUTE },
              guards: [{ name: 'errors', with: { query: 'errors_shop' } }],
            },
          },
          { name: 'all' },
        ],
        verify: { probe: 'prometheus/query' },
      },
    });
    expect(rendered.ok && rendered.orders.steps[1]).not.toHaveProperty('verify');
    const missing = render(readRunbook('r.yaml', text('{{labels.zone}}'), { names }).runbook!, scope);
    expect(missing).toMatchObject({ ok: false, detail: expect.stringMatching(/^step tenth: verify: .*labels\.zone/) });
  });

  it('rests while a plugin of one of its probes is not configured', () => {
    const { problems, needs } = read(`
  guards: { require: [{ probe: other/probe }] }
  verify: { probe: prometheus/query, guards: [{ name: errors, probe: third/probe }] }`);
    expect([problems, needs]).toEqual([[], ['other', 'third']]);
    const ofStep = readRunbook(
      'r.yaml',
      `apiVersion: firebreak/v1
kind: Runbook
metadata: { name: clear, title: Clear, owner: team-x }
spec:
  match: ['alertname="X"']
  target: 'cache/{{labels.service}}'
  steps: [{ name: clear, uses: cache/clear, verify: { probe: other/probe, guards: [{ name: e, probe: third/probe }] } }]`,
      { names },
    );
    expect([ofStep.problems, ofStep.needs]).toEqual([[], ['other', 'third']]);
  });
});

describe('a list of probes', () => {
  it.each([
    ['guards: { require: [LIST] }', 'guards.require', '{ probe: prometheus/query }'],
    ['verify: { probe: prometheus/query, guards: [LIST] }', 'verify.guards', '{ name: NAME, probe: prometheus/query }'],
  ])('has ten entries at most: %s', (place, path, entry) => {
    const list = (length: number) => Array.from({ length }, (_, i) => entry.replace('NAME', `n${i}`)).join(', ');
    expect(read(`  ${place.replace('LIST', list(10))}`).problems).toEqual([]);
    expect(read(`  ${place.replace('LIST', list(11))}`).problems.map(({ message }) => message)).toEqual([
      `spec.${path}: must have at most 10 entries`,
    ]);
  });
});
