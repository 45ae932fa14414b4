import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Json } from '../../src/plugin-sdk/index.js';
import { deployment, statefulSet } from '../../test/rig/kube-api/objects.js';
import { protect, SESSIONS, startKubeWorld, WEB, type KubeWorld } from '../../test/rig/kube-subjects.js';
import { plainCall } from '../../test/rig/plain-call.js';
import { waitFor as waitUpTo } from '../../test/rig/wait-for.js';

const waitFor = (what: string, done: () => boolean | Promise<boolean>) => waitUpTo(what, done, 5_000);

// Against a stand-in for an API server, not a real one.
describe('kubernetes/rollout-restart', () => {
  let world: KubeWorld;
  beforeEach(async () => {
    world = await startKubeWorld();
  });
  afterEach(() => world.close());

  const action = 'rollout-restart';
  const restart = () => world.on(action);
  const web = () => world.api.get('Deployment', 'shop', 'web');
  const remade = (replicas: number, more: Record<string, Json>, kind = 'Deployment'): void => {
    world.api.clear();
    if (kind === 'Deployment') world.api.add(kind, deployment('shop', 'web', replicas, more));
    else world.api.add(kind, statefulSet('shop', 'sessions', replicas, more));
  };
  const rolling = (maxUnavailable: Json, maxSurge: Json): Record<string, Json> => ({
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge } },
  });

  it('says in the plan what is restarted, and that it can not be taken back', async () => {
    const plan = await world.plan(action, WEB);
    expect(plan.summary).toBe('restart all 3 pods of deployment shop/web of east, a few at a time');
    expect(restart().reversible).toBe(false);
    await expect(restart().revert(plainCall(), WEB, plan.before)).rejects.toMatchObject({
      code: 'not-reversible',
      again: false,
    });
  });

  it('writes the annotation that kubectl writes, with the time as it writes it', async () => {
    const { before } = await world.plan(action, WEB);
    await restart().apply(plainCall(), WEB, before);
    expect(web()?.spec).toMatchObject({
      template: {
        metadata: {
          annotations: {
            'kubectl.kubernetes.io/restartedAt': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          },
        },
      },
    });
  });

  it('I4: an attempt after a lost answer finds its mark, and restarts nothing again', async () => {
    const { before } = await world.plan(action, WEB);
    world.api.meddle(({ method, query }, make) => {
      const answer = make();
      return method === 'PATCH' && !query.has('dryRun') ? 'dropped' : answer;
    });
    await expect(restart().apply(plainCall(), WEB, before)).rejects.toMatchObject({ code: 'target-unreachable' });
    world.api.meddle((_, make) => make());
    await waitFor('the restart', async () => (await restart().apply(plainCall(), WEB, before)).done);
    expect(world.api.effects()).toBe(1);
    expect(await restart().verify(plainCall(), WEB, before)).toEqual({ took: true });
  });

  it('is not done before the last pod is new', async () => {
    const { before } = await world.plan(action, WEB);
    world.api.controller.pace = 'held';
    expect(await restart().apply(plainCall(), WEB, before)).toEqual({ done: false, againInMs: 10 });
    await waitFor('the controller', () => web()?.status?.['updatedReplicas'] === undefined);
    await expect(restart().verify(plainCall(), WEB, before)).rejects.toMatchObject({
      message: 'deployment shop/web of east is being restarted: 0 of 3 are new',
    });
    world.api.controller.pace = 'quick';
    world.api.controller.proceed();
    expect(await restart().apply(plainCall(), WEB, before)).toEqual({ done: true });
  });

  it('refuses while a rollout is under way, in the plan and when it comes to it', async () => {
    const { before } = await world.plan(action, WEB);
    world.api.controller.pace = 'held';
    world.api.edit('Deployment', 'shop', 'web', (thing) => ({ ...thing, spec: { ...thing.spec, replicas: 5 } }));
    const refused = {
      code: 'rollout-under-way',
      again: true,
      message: expect.stringContaining('shop/web of east is under way'),
    };
    await expect(world.plan(action, WEB)).rejects.toMatchObject(refused);
    await expect(restart().apply(plainCall(), WEB, before)).rejects.toMatchObject(refused);
    expect(world.api.effects()).toBe(0);
  });

  it('I4: refuses when somebody rolled out another template since the plan, but not when only the number changed', async () => {
    const { before } = await world.plan(action, WEB);
    world.api.edit('Deployment', 'shop', 'web', (thing) => ({ ...thing, spec: { ...thing.spec, replicas: 4 } }));
    await waitFor('the controller', () => web()?.status?.['readyReplicas'] === 4);
    await waitFor('the restart', async () => (await restart().apply(plainCall(), WEB, before)).done);
    // Planned before that restart: as if somebody else had made it.
    const other = { ...z.record(z.string(), z.json()).parse(before), mark: 'another-plan' };
    await expect(restart().apply(plainCall(), WEB, other)).rejects.toMatchObject({
      code: 'changed-meanwhile',
      again: false,
    });
    expect(world.api.effects()).toBe(1);
  });

  it.each<[string, string, Record<string, Json>, number, string?]>([
    ['it is paused', 'paused', { paused: true }, 3],
    ['it has no replicas', 'nothing-to-restart', {}, 0],
    ['Recreate takes all at once', 'would-leave-nothing', { strategy: { type: 'Recreate' } }, 3],
    ['maxUnavailable is 100%', 'would-leave-nothing', rolling('100%', '25%'), 3],
    ['maxUnavailable is more than there are', 'would-leave-nothing', rolling(5, 1), 3],
    ['it has one replica and nothing comes before that goes', 'would-leave-nothing', rolling(0, 0), 1],
    ['a StatefulSet has one replica', 'would-leave-nothing', {}, 1, 'StatefulSet'],
    [
      'a StatefulSet is updated by hand',
      'restarts-by-hand',
      { updateStrategy: { type: 'OnDelete' } },
      3,
      'StatefulSet',
    ],
    [
      'a StatefulSet has a partition',
      'restarts-by-hand',
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
      3,
      'StatefulSet',
    ],
  ])('refuses when %s', async (_, code, more, replicas, kind) => {
    remade(replicas, more, kind);
    await expect(world.plan(action, kind === undefined ? WEB : SESSIONS)).rejects.toMatchObject({ code, again: false });
  });

  it('lets one replica go when another one comes first', async () => {
    remade(1, rolling('25%', '25%'));
    expect(await world.plan(action, WEB)).toMatchObject({ changes: [{ attribute: 'restart' }] });
  });

  it('refuses when fewer would be left than a budget of its pods asks for', async () => {
    protect(world.api, 'sessions', 2);
    expect(await world.plan(action, SESSIONS)).toMatchObject({ summary: expect.any(String) }); // 3 - 1
    protect(world.api, 'sessions', 3);
    await expect(world.plan(action, SESSIONS)).rejects.toMatchObject({
      code: 'would-break-budget',
      message: expect.stringContaining('may leave 2 replicas, not 3 as the PodDisruptionBudget sessions-pdb asks for'),
    });
    // Nothing is taken away from three by 25 %: new ones come first.
    protect(world.api, 'web', 3);
    expect(await world.plan(action, WEB)).toMatchObject({ summary: expect.any(String) });
  });

  it('S6: refuses what the configuration does not let be restarted', async () => {
    const only = { namespace: 'shop', kind: 'deployment', name: 'we*', scale: { most: 9 } };
    const other = await startKubeWorld({ workloads: [only] });
    expect(other.on(action).params.safeParse(WEB).error?.message).toContain(
      'may not be restarted: name it under workloads',
    );
    expect(other.on('scale').params.safeParse({ ...WEB, replicas: 2 }).success).toBe(true);
    await other.close();
  });
});
