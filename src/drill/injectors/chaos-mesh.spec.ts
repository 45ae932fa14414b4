import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Drill } from '../drill-schema.js';
import { readDrill } from '../read-drill.js';
import { chaosMesh, chaosResource, chaosYaml } from './chaos-mesh.js';

function drillWith(inject: string): Drill {
  const read = readDrill(
    'd.yaml',
    `apiVersion: firebreak/v1
kind: Drill
metadata: { name: shop, title: Shop, owner: team-a }
spec:
  target: traffic/shop
  prometheus: { url: 'http://prometheus:9090' }
  inject: { ${inject} }
  expect: { runbook: cut-over-center }
  slo: [{ name: errors, query: errors, is: '< 0.005' }]
`,
  );
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.drill;
}

const PODS = 'chaosMesh: { namespace: shop, pods: { app: center-a } }';
const LATENCY = `latency: 500ms, for: 1m30s, ${PODS}`;
const KILL = `kill: true, for: 30s, ${PODS}`;
const ERRORS = 'errors: 1, for: 30s, chaosMesh: { namespace: shop, pods: { app: center-a }, port: 8080, percent: 50 }';

/** What the resource definitions of chaos-mesh.org/v1alpha1 say of the fields that are used here, and of no others. */
const goDuration = z.string().regex(/^(\d+(ms|s|m|h))+$/);
const where = {
  mode: z.enum(['one', 'all', 'fixed', 'fixed-percent', 'random-max-percent']),
  value: z.string().optional(),
  selector: z.strictObject({
    namespaces: z.array(z.string()).min(1),
    labelSelectors: z.record(z.string(), z.string()).refine((labels) => Object.keys(labels).length > 0),
  }),
};
const documented = {
  NetworkChaos: z.strictObject({
    ...where,
    action: z.literal('delay'),
    direction: z.enum(['to', 'from', 'both']),
    delay: z.strictObject({ latency: goDuration, jitter: goDuration, correlation: z.string() }),
    duration: goDuration,
  }),
  PodChaos: z.strictObject({ ...where, action: z.literal('pod-kill'), gracePeriod: z.int() }),
  HTTPChaos: z.strictObject({
    ...where,
    target: z.enum(['Request', 'Response']),
    port: z.int().positive(),
    path: z.string(),
    replace: z.strictObject({ code: z.int() }),
    duration: goDuration,
  }),
};

describe('a fault through Chaos Mesh', () => {
  it.each([
    [LATENCY, 'NetworkChaos', { delay: { latency: '500ms' }, duration: '1m30s', mode: 'all' }],
    [KILL, 'PodChaos', { action: 'pod-kill', mode: 'all' }],
    [ERRORS, 'HTTPChaos', { replace: { code: 503 }, port: 8080, mode: 'fixed-percent', value: '50', duration: '30s' }],
  ] as const)('A6: %s is a %s with documented fields only', (inject, kind, some) => {
    const resource = chaosResource(drillWith(inject));
    expect(resource).toMatchObject({ apiVersion: 'chaos-mesh.org/v1alpha1', kind, spec: some });
    expect(documented[kind].parse(resource?.spec)).toEqual(resource?.spec);
    expect(resource?.metadata).toMatchObject({ name: 'firebreak-drill-shop', namespace: 'shop' });
    expect(parse(chaosYaml(resource ?? fail()))).toEqual(resource);
  });

  it('A6: hits only the pods that are named, in their namespace', () => {
    expect(chaosResource(drillWith(KILL))?.spec['selector']).toEqual({
      namespaces: ['shop'],
      labelSelectors: { app: 'center-a' },
    });
  });

  it('A6: is created and deleted by kubectl, never changed, and ends by itself where Chaos Mesh can do that', async () => {
    const asked: string[] = [];
    const kubectl = async (args: readonly string[]): Promise<string> => {
      asked.push(args.join(' '));
      return '';
    };
    const injector = chaosMesh(drillWith(LATENCY), kubectl);
    expect(await injector?.obstacle()).toBeUndefined();
    await injector?.begin(90_000);
    await injector?.end();
    expect(asked).toEqual([
      'get networkchaos firebreak-drill-shop --namespace shop --ignore-not-found --output name',
      'create --filename -',
      'delete networkchaos firebreak-drill-shop --namespace shop --ignore-not-found --wait=true --timeout=20s',
    ]);
    expect([injector?.endsItself, chaosMesh(drillWith(KILL), kubectl)?.endsItself]).toEqual([true, false]);
  });

  it('A6: does not begin while the resource is there already', async () => {
    const injector = chaosMesh(drillWith(LATENCY), async () => 'networkchaos.chaos-mesh.org/firebreak-drill-shop\n');
    expect(await injector?.obstacle()).toMatch(/in force already: networkchaos.*--undo/);
  });
});

function fail(): never {
  throw new Error('there is no resource');
}
