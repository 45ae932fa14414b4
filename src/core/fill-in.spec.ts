import { describe, expect, it } from 'vitest';
import { EMPTY_TOPOLOGY, readTopology } from '../catalog/topology.js';
import { compileText } from '../catalog/template-engine.js';
import { anAlert, aRunbook, someCircumstances } from '../testing/examples.js';
import type { CentersNow } from './affinity.js';
import { decideFor, type Decision } from './decide.js';
import { DEFAULT_GOVERNOR } from './governor.js';
import type { Runbook } from './runbook.js';
import type { Template } from './template.js';

const NOW = 10_000;
const TEXT = `apiVersion: firebreak/v1
kind: Topology
regions: { north: {}, east: {} }
centers:
  a: { region: north, vendor: v1, role: serving, capacity: 10 }
  b: { region: north, vendor: v2, role: serving, capacity: 10, systems: { haproxy: { server: srv-b } } }
  c: { region: east, vendor: v1, role: serving, capacity: 10 }
services:
  shop: { centers: [a, c], home: a, traffic: { haproxy: { backend: shop } } }
  lonely: { centers: [a] }
assertions: [{ name: one, minServing: 1 }]
`;
const read = readTopology({ file: 't.yaml', text: TEXT });
const topology = read.ok ? read.topology : EMPTY_TOPOLOGY;

function filled(text: string): Template<string> {
  const compiled = compileText(text);
  if (!compiled.ok) throw new Error(compiled.mistakes.map(({ message }) => message).join('\n'));
  return compiled.template;
}

const CHOOSING: Partial<Runbook> = {
  target: filled('traffic/{{topology.chosen.id}}'),
  chooseCenter: { insteadOf: filled('{{labels.center}}') },
  serving: { out: filled('{{labels.center}}'), in: filled('{{topology.chosen.id}}') },
};

function decision(change: Partial<Runbook> = {}, centers: Partial<CentersNow> = {}, labels = {}): Decision {
  const alert = anAlert({ labels: { alertname: 'CenterDown', center: 'a', service: 'shop', ...labels } });
  const circumstances = someCircumstances({
    topology: topology.scope,
    // with the names that every object has by birth
    map: { ...topology, centers: { ...topology.centers }, services: { ...topology.services } },
    governor: { ...DEFAULT_GOVERNOR, centers: ['a', 'b', 'c'], assertions: topology.servingRules },
    centers: { conditions: {}, outOfService: {}, ...centers },
  });
  return decideFor(alert, aRunbook({ ...CHOOSING, ...change }), NOW, circumstances);
}

describe('a runbook that has its centre chosen', () => {
  it('reads it with everything that the topology says of it, and keeps the table of scores', () => {
    const target = filled('{{topology.chosen.id}}/{{topology.chosen.systems.haproxy.server}}');
    expect(decision({ target })).toMatchObject({
      run: true,
      target: 'b/srv-b',
      orders: { choice: { insteadOf: 'a', chosen: 'b', at: NOW, candidates: [{ center: 'b' }, {}, {}] } },
    });
  });

  it('I9: lets the store hold it to that the chosen one serves, when the alert comes and before the first effect', () => {
    const made = decision();
    const claims = made.run ? [made.claims, made.orders.claims ?? []] : [];
    expect(claims.map((all) => all.find(({ kind }) => kind === 'serving'))).toEqual([
      expect.objectContaining({ out: 'a', in: 'b', serves: true, look: true }),
      expect.objectContaining({ out: 'a', in: 'b', serves: true, look: false }),
    ]);
  });

  it('does not hold a centre to it that was not chosen', () => {
    const made = decision({ serving: { out: filled('b'), in: filled('a') } });
    const serving = made.run ? made.claims.find(({ kind }) => kind === 'serving') : undefined;
    expect(serving).toMatchObject({ out: 'b', in: 'a' });
    expect(serving).not.toHaveProperty('serves');
  });

  it('chooses among the centres of the service', () => {
    const chooseCenter = { insteadOf: filled('{{labels.center}}'), service: filled('{{labels.service}}') };
    expect(decision({ chooseCenter })).toMatchObject({
      run: true,
      target: 'traffic/c',
      orders: { choice: { chosen: 'c', service: 'shop', candidates: [{ center: 'c' }, { center: 'a' }] } },
    });
  });

  it('is chosen by how the centres are now', () => {
    expect(decision({}, { outOfService: { b: ['person:ada'] } })).toMatchObject({ target: 'traffic/c' });
    expect(decision({}, { conditions: { c: { health: 1, load: 0, at: NOW } } })).toMatchObject({ target: 'traffic/c' });
  });

  const service = filled('{{labels.service}}');
  it.each<[string, Partial<Runbook>, Record<string, string>, string, string]>([
    [
      'nobody can take over',
      { chooseCenter: { insteadOf: filled('a'), service } },
      { service: 'lonely' },
      'capacity',
      'no centre can take over from a for lonely: there is no other',
    ],
    ['the topology does not know the centre', {}, { center: 'x' }, 'capacity', 'the topology knows no centre x'],
    ['S6: a name is none', {}, { center: 'toString' }, 'capacity', 'the topology knows no centre toString'],
    [
      'the topology does not know the service',
      { chooseCenter: { insteadOf: filled('a'), service } },
      { service: '__proto__' },
      'capacity',
      'the topology knows no service __proto__',
    ],
    [
      'the alert does not say which centre it is about',
      {},
      { center: '' },
      'template-missing',
      'chooseCenter.insteadOf: labels.center is missing',
    ],
  ])('does nothing when %s', (_, change, labels, because, detail) => {
    expect(decision(change, {}, labels)).toEqual({ run: false, runbook: 'cut-over', because, detail });
  });

  it('has the whole table in the detail when nobody can take over', () => {
    const centers = { outOfService: { b: ['e7'] }, conditions: { c: { health: 1, at: NOW - 20_000 } } };
    expect(decision({}, centers)).toMatchObject({
      run: false,
      because: 'capacity',
      detail:
        'no centre can take over from a: b: out of service (e7); c: not asked for 20 s, so that nobody knows how it is',
    });
  });
});

describe('a runbook that has no centre chosen', () => {
  it('keeps no table, and nothing can be read of a chosen one', () => {
    const { chooseCenter: _, ...plain } = CHOOSING;
    const made = decideFor(anAlert(), aRunbook(plain), NOW, someCircumstances());
    expect(made).toMatchObject({ run: false, because: 'no-target', detail: 'topology.chosen.id is missing' });
  });

  it('reads the service that the alert names, by its name', () => {
    const target = filled('{{topology.service.name}}/{{topology.service.home}}');
    const { chooseCenter: _, ...plain } = CHOOSING;
    const alert = anAlert({ labels: { alertname: 'CenterDown', center: 'a', service: 'shop' } });
    const runbook = aRunbook({ ...plain, serving: { out: filled('a') }, target });
    expect(decideFor(alert, runbook, NOW, someCircumstances({ topology: topology.scope }))).toMatchObject({
      target: 'shop/a',
    });
  });
});
