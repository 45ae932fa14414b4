import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import cutOverCenter from '../../plugins/cut-over-center/index.js';
import prometheus from '../../plugins/prometheus/index.js';
import throttle from '../../plugins/throttle/index.js';
import { labelsFrom } from '../core/alert.js';
import { scopeFor } from '../core/template.js';
import { Catalog } from './catalog.js';
import type { Names } from './names.js';
import { formatProblem } from './problem.js';

const root = join(import.meta.dirname, '../..');

const silent = { info: () => undefined, warn: () => undefined };
const plugins = [
  cutOverCenter.instantiate({ endpoint: '127.0.0.1:9999' }, silent),
  prometheus.instantiate({ url: 'http://127.0.0.1:9090' }, silent),
  throttle.instantiate({ haproxy: { endpoint: '127.0.0.1:9999', maps: { rates: '/etc/haproxy/rates.map' } } }, silent),
];
const maps = { colours: '/usr/local/etc/haproxy/colours.map' };
const configured = cutOverCenter.instantiate({ endpoint: '127.0.0.1:9999', maps }, silent);
const named = <T>(plugin: string, parts: { readonly [name: string]: T } = {}) =>
  Object.entries(parts).map(([name, part]) => [`${plugin}/${name}`, part] as const);
const [traffic, metrics, limits] = plugins.map((plugin) => plugin.provided);
const names: Names = {
  actions: new Map([...named('cut-over-center', traffic?.actions), ...named('throttle', limits?.actions)]),
  probes: new Map([...named('cut-over-center', traffic?.probes), ...named('prometheus', metrics?.probes)]),
  notifiers: new Set(),
  // the others rest here, as they do in a service that does not configure them
  unconfigured: new Set(
    readdirSync(join(root, 'plugins')).filter((id) => !['cut-over-center', 'prometheus', 'throttle'].includes(id)),
  ),
};

async function shipped(): Promise<Catalog> {
  const options = { folder: join(root, 'runbooks'), topology: join(root, 'topology.yaml'), names, now: () => 0 };
  const opened = await Catalog.open(options);
  if (!opened.ok) throw new Error(opened.problems.map(formatProblem).join('\n'));
  return opened.catalog;
}

describe('what is shipped', () => {
  it('has three regions, five centres, and a and b as each other’s standby', async () => {
    const { topology } = (await shipped()).current;
    expect(Object.keys(topology.regions)).toHaveLength(3);
    expect(Object.keys(topology.centers)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect([topology.centers['a']?.standby, topology.centers['b']?.standby]).toEqual(['b', 'a']);
    expect(topology.pairs.map((pair) => pair.latencyMs)).toEqual([3.2, 28.7, 5.8, 41.3]);
  });

  it('answers CenterDown by cutting over to the standby of the centre that the alert names', async () => {
    const { index, guides, topology } = (await shipped()).current;
    const labels = labelsFrom({ alertname: 'CenterDown', center: 'a', service: 'shop' });
    const [runbook] = index.candidates(labels);
    expect(runbook?.name).toBe('cut-over-center');
    const alert = { labels, annotations: labelsFrom({}), fingerprint: 'f', startsAt: 0, generatorURL: '' };
    const scope = scopeFor(alert, runbook!.params, { config: {}, topology: topology.scope });
    expect(runbook!.target.render(scope)).toEqual({ ok: true, value: 'traffic/shop' });
    expect(runbook!.steps[0]!.with.render(scope)).toEqual({
      ok: true,
      value: {
        backend: 'centers',
        servers: [
          { server: 'b', state: 'ready' },
          { server: 'a', state: 'maint' },
        ],
      },
    });
    const { out, in: into } = runbook!.serving!;
    expect([out.render(scope), into?.render(scope)]).toEqual([
      { ok: true, value: 'a' },
      { ok: true, value: 'b' },
    ]);
    expect(guides.get('cut-over-center')?.render(scope)).toMatchObject({
      ok: true,
      value: expect.stringContaining('# Centre a of shop is down'),
    });
  });

  it('shifts a centre in stages, each of which must prove well before the next one', async () => {
    const { index, topology, guides } = (await shipped()).current;
    const labels = labelsFrom({ alertname: 'CenterShift', center: 'a', service: 'shop' });
    const [runbook] = index.candidates(labels);
    const alert = { labels, annotations: labelsFrom({}), fingerprint: 'f', startsAt: 0, generatorURL: '' };
    const scope = scopeFor(alert, runbook!.params, { config: {}, topology: topology.scope });
    expect(runbook?.mode).toBe('approve');
    expect(runbook!.steps.map(({ name, verify }) => [name, verify !== undefined])).toEqual([
      ['stand-by', false],
      ['canary', true],
      ['tenth', true],
      ['half', true],
      ['all', true],
      ['canary-off', false],
      ['drain', false],
    ]);
    for (const step of runbook!.steps) {
      const filled = step.with.render(scope);
      const action = configured.provided.actions![step.uses.split('/')[1]!]!;
      expect(filled.ok && action.params.safeParse(filled.value), step.name).toMatchObject({ success: true });
    }
    expect(guides.get('shift-center')?.render(scope)).toMatchObject({
      ok: true,
      value: expect.stringContaining('# Shift shop from a to b'),
    });
  });

  it.each([
    ['CenterLost', 'a', 'cut-over-center-with-data', 'auto', 'b'],
    ['FailBack', 'b', 'fail-back', 'approve', 'a'],
  ])('cuts over with data, data first: %s of %s', async (alertname, center, name, mode, into) => {
    const { index, topology, guides } = (await shipped()).current;
    const labels = labelsFrom({ alertname, center, service: 'orders' });
    const [runbook] = index.candidates(labels);
    expect([runbook?.name, runbook?.mode]).toEqual([name, mode]);
    const alert = { labels, annotations: labelsFrom({}), fingerprint: 'f', startsAt: 0, generatorURL: '' };
    const scope = scopeFor(alert, runbook!.params, { config: {}, topology: topology.scope });
    const steps = runbook!.steps.map((step) => [step.name, step.with.render(scope)]);
    const move = { ok: true, value: { cluster: 'orders', from: center, to: into } };
    expect(steps).toEqual([
      ['fence', move],
      ['catch-up', move],
      ['promote', move],
      ['canary', { ok: true, value: { map: 'canary', key: 'canary', value: into } }],
      ['switch', expect.objectContaining({ ok: true })],
      ['canary-off', { ok: true, value: { map: 'canary', key: 'canary', value: null } }],
    ]);
    for (const one of runbook!.guards.require) expect(one.with.render(scope)).toMatchObject({ ok: true });
    expect(guides.get(name)?.render(scope)).toMatchObject({ ok: true });
  });

  it('makes an old primary a replica of the one that took over, when a person agrees', async () => {
    const { index, topology } = (await shipped()).current;
    const labels = labelsFrom({ alertname: 'OldPrimaryBack', center: 'a', service: 'orders' });
    const [runbook] = index.candidates(labels);
    const alert = { labels, annotations: labelsFrom({}), fingerprint: 'f', startsAt: 0, generatorURL: '' };
    const scope = scopeFor(alert, runbook!.params, { config: {}, topology: topology.scope });
    expect(runbook?.mode).toBe('approve');
    expect(runbook!.steps[0]!.with.render(scope)).toEqual({
      ok: true,
      value: { cluster: 'orders', node: 'a', follow: 'b' },
    });
  });

  it('throttles a service that is overloaded, for a time, and lifts that in steps', async () => {
    const { index, guides } = (await shipped()).current;
    const labels = labelsFrom({ alertname: 'ServiceOverloaded', service: 'shop' });
    const [runbook] = index.candidates(labels);
    const alert = { labels, annotations: labelsFrom({}), fingerprint: 'f', startsAt: 0, generatorURL: '' };
    const scope = scopeFor(alert, runbook!.params, { config: {}, topology: {} });
    expect([runbook?.mode, runbook?.leaseMs]).toEqual(['approve', 3_600_000]);
    const filled = runbook!.steps[0]!.with.render(scope);
    expect(filled).toMatchObject({ ok: true, value: { of: { map: 'rates', key: 'shop' } } });
    expect(filled.ok && limits!.actions!['haproxy']!.params.safeParse(filled.value)).toMatchObject({ success: true });
    expect(guides.get('throttle-service')?.render(scope)).toMatchObject({ ok: true });
  });

  it('does nothing for a centre that has no standby', async () => {
    const { index, topology } = (await shipped()).current;
    const labels = labelsFrom({ alertname: 'CenterDown', center: 'e', service: 'shop' });
    const [runbook] = index.candidates(labels);
    const alert = { labels, annotations: labelsFrom({}), fingerprint: 'f', startsAt: 0, generatorURL: '' };
    const scope = scopeFor(alert, {}, { config: {}, topology: topology.scope });
    expect(runbook!.steps[0]!.with.render(scope)).toEqual({ ok: false, detail: 'topology.center.standby is missing' });
  });
});
