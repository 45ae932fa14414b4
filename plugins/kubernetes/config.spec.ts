import { describe, expect, it } from 'vitest';
import { configSchema, ruleFor } from './config.js';

describe('the configuration of kubernetes', () => {
  const web = { namespace: 'shop', kind: 'deployment', name: 'web-*', scale: { most: 9 } };
  const east = { server: 'https://kube.east:6443', auth: { token: 't' }, workloads: [web] };
  const problems = (differs: object) => {
    const { error } = configSchema.safeParse({ clusters: { east: { ...east, ...differs } } });
    return error?.issues.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`) ?? [];
  };

  it('takes a cluster by its address, or as the one that Firebreak runs in', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ server: 'https://rancher.internal/k8s/clusters/c-1' })).toEqual([]);
    expect(problems({ server: undefined, auth: 'in-cluster' })).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['no address', { server: undefined }, 'server: is needed outside of a cluster'],
    ['an address without TLS', { server: 'http://kube.east:8080' }, 'server: must begin with https://'],
    ['an address with a query', { server: 'https://kube.east/?a=b' }, 'server: must have no query and no fragment'],
    [
      'two kinds of credentials',
      { auth: { token: 't', tokenFile: '/t' } },
      'auth: write { token }, { tokenFile }, { certificate, key } or in-cluster',
    ],
    [
      'nothing that may be changed',
      { workloads: [] },
      'workloads: name at least one workload or pool that may be changed',
    ],
    [
      'S6: a pattern for everything',
      { workloads: [{ ...web, name: '*' }] },
      'workloads.0.name: write a name, or the beginning of one with * after it, such as shop-*',
    ],
    [
      'S6: a namespace for everything',
      { workloads: [{ ...web, namespace: '*' }] },
      'workloads.0.namespace: write a name of a-z, 0-9 and -',
    ],
    ['S6: a pool of all nodes', { pools: { all: { selector: {} } } }, 'pools.all.selector: name at least one label'],
    [
      'bounds the wrong way around',
      { workloads: [{ ...web, scale: { least: 5, most: 2 } }] },
      'workloads.0.scale.most: must be least or more',
    ],
    [
      'a workload that nothing may be done to',
      { workloads: [{ ...web, scale: undefined }] },
      'workloads.0: say what may be done: scale, restart, or both',
    ],
  ])('refuses %s', (_, differs, problem) => {
    expect(problems(differs)).toContain(problem);
  });

  it('S6: finds the first rule that fits, and none for what is not named', () => {
    const workloads = [{ ...web, name: 'web-front', scale: { most: 3 } }, web];
    const config = configSchema.parse({ clusters: { east: { ...east, workloads } } });
    const of = (name: string, differs = {}) =>
      ruleFor(config, { cluster: 'east', namespace: 'shop', kind: 'deployment', name, ...differs })?.scale;
    expect([of('web-front'), of('web-back')]).toEqual([
      { least: 1, most: 3 },
      { least: 1, most: 9 },
    ]);
    expect([
      of('web'),
      of('my-web-1'),
      of('web-1', { namespace: 'shop2' }),
      of('web-1', { cluster: 'constructor' }),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });
});
