import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as models from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { installed } from '../rig/installed.js';
import { ADMIN_TOKEN, KUBE_FILES, KUBE_TOKEN, startKubeApi, type KubeApi } from '../rig/kube-api.js';
import { autoscale, fill, protect } from '../rig/kube-subjects.js';
import { removeFolder, rigFolder } from '../rig/processes.js';

const run = promisify(execFile);

describe('the stand-in for a Kubernetes API server', () => {
  let api: KubeApi;
  let folder: string;
  beforeAll(async () => {
    api = await startKubeApi();
    folder = rigFolder('kubectl');
  });
  beforeEach(() => fill(api));
  afterAll(async () => {
    await api.close();
    removeFolder(folder);
  });

  /** The real client, with nothing but what it is told here. */
  async function kubectl(args: string, token = ADMIN_TOKEN): Promise<string> {
    const config = join(folder, 'config');
    const cluster = { server: api.url, 'certificate-authority': KUBE_FILES.ca };
    const named = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: { token } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
      'current-context': 'x',
    };
    writeFileSync(config, JSON.stringify(named));
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: config };
    try {
      const { stdout } = await run(installed('kubectl'), args.split(' '), { env, timeout: 60_000, cwd: folder });
      return stdout.trim();
    } catch (error) {
      const { stderr } = z.object({ stderr: z.string() }).parse(error);
      return stderr.trim();
    }
  }

  it('is taken for one by kubectl: it lists, scales, restarts, waits for rollouts, cordons and uncordons', async () => {
    expect(await kubectl('get deployments -o name')).toBe('deployment.apps/web');
    expect(await kubectl('scale deployment/web --replicas=5 --current-replicas=3')).toMatch(/^deployment.*web scaled$/);
    expect(api.get('Deployment', 'shop', 'web')?.spec?.['replicas']).toBe(5);
    expect(await kubectl('rollout restart deployment/web')).toBe('deployment.apps/web restarted');
    expect(await kubectl('rollout restart statefulset/sessions')).toBe('statefulset.apps/sessions restarted');
    expect(await kubectl('rollout status deployment/web --watch=false')).toMatch(/successfully rolled out$/);
    expect(await kubectl('cordon node-1')).toBe('node/node-1 cordoned');
    expect(api.get('Node', undefined, 'node-1')?.spec?.['unschedulable']).toBe(true);
    expect(await kubectl('cordon node-1')).toBe('node/node-1 already cordoned');
    expect(await kubectl('uncordon node-1')).toBe('node/node-1 uncordoned');
    expect(api.get('Node', undefined, 'node-1')?.spec).not.toHaveProperty('unschedulable');
  }, 60_000);

  it('says no as one: kubectl understands why', async () => {
    expect(await kubectl('get deployment nothing')).toBe(
      'Error from server (NotFound): deployments.apps "nothing" not found',
    );
    expect(await kubectl('get deployments', 'nobody')).toMatch(/You must be logged in to the server|Unauthorized/);
    expect(await kubectl('get deployments -n kube-system', KUBE_TOKEN)).toBe(
      'Error from server (Forbidden): deployments.apps is forbidden: User "system:serviceaccount:ops:firebreak" cannot list resource "deployments" in API group "apps" in the namespace "kube-system"',
    );
    expect(await kubectl('scale deployment/web --replicas=5 --current-replicas=4')).toMatch(
      /Expected replicas to be 4, was 3/,
    );
    const stale = api.get('Deployment', 'shop', 'web')?.metadata.resourceVersion ?? '';
    await kubectl('scale deployment/web --replicas=4');
    expect(await kubectl(`scale deployment/web --replicas=5 --resource-version=${stale}`)).toMatch(
      /Expected resource version|Conflict|has been modified/i,
    );
    api.server.admission = () => 'denied by policy';
    expect(await kubectl('rollout restart deployment/web')).toMatch(/denied by policy/);
    expect(api.get('Deployment', 'shop', 'web')?.spec?.['replicas']).toBe(4);
  }, 60_000);

  it('only tries what is a dry run', async () => {
    const was = api.effects();
    // Older ones say nothing of it.
    expect(await kubectl('cordon node-1 --dry-run=server')).toMatch(/^$|cordoned \(server dry run\)/);
    expect(api.get('Node', undefined, 'node-1')?.spec).not.toHaveProperty('unschedulable');
    expect(api.effects()).toBe(was);
  }, 120_000);

  it.each([
    ['V1Deployment', 'Deployment', 'web'],
    ['V1StatefulSet', 'StatefulSet', 'sessions'],
    ['V1Node', 'Node', 'node-1'],
    ['V1Namespace', 'Namespace', 'shop'],
    ['V2HorizontalPodAutoscaler', 'HorizontalPodAutoscaler', 'web-hpa'],
    ['V1PodDisruptionBudget', 'PodDisruptionBudget', 'web-pdb'],
  ])('has only fields, and of the types, that the official OpenAPI has for %s', (model, kind, name) => {
    autoscale(api);
    protect(api, 'web', 2);
    const thing = api.get(kind, ['Node', 'Namespace'].includes(kind) ? undefined : 'shop', name);
    expect(strangeIn(JSON.parse(JSON.stringify(thing)), model)).toEqual([]);
  });

  it('would notice a field that the official OpenAPI does not have', () => {
    const spec = { replicas: '3', selector: {}, template: { spec: { container: [] } } };
    expect(strangeIn({ metadata: { uuid: 'x' }, spec }, 'V1Deployment')).toEqual([
      'V1ObjectMeta.uuid',
      'V1DeploymentSpec.replicas: string',
      'V1PodSpec.container',
    ]);
  });
});

const typeMap = z.array(z.object({ baseName: z.string(), type: z.string() }));

/** Names what an object has that its model, which is generated from the OpenAPI, does not. */
function strangeIn(value: unknown, type: string): string[] {
  const list = /^(?:Array|Set)<(.*)>$/.exec(type)?.[1];
  if (list !== undefined)
    return z
      .array(z.unknown())
      .parse(value)
      .flatMap((item) => strangeIn(item, list));
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (map !== undefined)
    return Object.values(z.record(z.string(), z.unknown()).parse(value)).flatMap((item) => strangeIn(item, map));
  const model: unknown = Object.getOwnPropertyDescriptor(models, type)?.value;
  if (typeof model !== 'function') return [];
  const fields = typeMap.parse(Object.getOwnPropertyDescriptor(model, 'attributeTypeMap')?.value);
  return Object.entries(z.record(z.string(), z.unknown()).parse(value)).flatMap(([name, item]) => {
    const field = fields.find(({ baseName }) => baseName === name);
    if (field === undefined) return [`${type}.${name}`];
    const plain = ['string', 'number', 'boolean'].includes(field.type);
    return plain && typeof item !== field.type ? [`${type}.${name}: ${typeof item}`] : strangeIn(item, field.type);
  });
}
