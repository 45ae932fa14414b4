import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { autoscale, startKubeWorld, WEB, type KubeWorld } from '../../test/rig/kube-subjects.js';
import { deployment } from '../../test/rig/kube-api/objects.js';
import { plainCall } from '../../test/rig/plain-call.js';
import { waitFor as waitUpTo } from '../../test/rig/wait-for.js';

const waitFor = (what: string, done: () => boolean | Promise<boolean>) => waitUpTo(what, done, 5_000);

// Against a stand-in for an API server, not a real one.
describe('kubernetes/scale', () => {
  let world: KubeWorld;
  beforeEach(async () => {
    world = await startKubeWorld();
  });
  afterEach(() => world.close());

  const replicas = () => world.api.get('Deployment', 'shop', 'web')?.spec?.['replicas'];
  const set = (to: number) =>
    world.api.edit('Deployment', 'shop', 'web', (thing) => ({ ...thing, spec: { ...thing.spec, replicas: to } }));
  const scale = () => world.on('scale');

  it('plans from what is there, and says the numbers', async () => {
    const plan = await world.plan('scale', { ...WEB, add: 2 });
    expect(plan).toMatchObject({
      summary: 'deployment shop/web of east: 3 -> 5 replicas',
      changes: [{ resource: 'kubernetes/east/shop/deployment/web', attribute: 'replicas', from: 3, to: 5 }],
    });
  });

  it('plans from what an earlier step will have made of it', async () => {
    const change = { resource: 'kubernetes/east/shop/deployment/web', attribute: 'replicas', from: 3, to: 6 };
    const plan = await world.plan('scale', { ...WEB, add: 2 }, { earlier: [change] });
    expect(plan.changes).toMatchObject([{ from: 6, to: 8 }]);
  });

  it('adds no further than the bounds, and needs nothing when it is there', async () => {
    expect((await world.plan('scale', { ...WEB, add: 100 })).changes).toMatchObject([{ to: 9 }]);
    expect((await world.plan('scale', { ...WEB, add: -100 })).changes).toMatchObject([{ to: 2 }]);
    set(9);
    const check = await scale().check(plainCall(), { ...WEB, add: 1 });
    expect(check).toMatchObject({ needed: false });
    set(12); // somebody has gone beyond: adding must not take away
    expect(await scale().check(plainCall(), { ...WEB, add: 1 })).toMatchObject({ needed: false });
  });

  it('S6: never none of them, unless the configuration says so', async () => {
    const params = { ...WEB, replicas: 0 };
    expect(scale().params.safeParse(params).error?.message).toContain('must be 2 to 9');
    const permits = { namespace: 'shop', kind: 'deployment', name: 'web', scale: { least: 0, most: 9 } };
    const other = await startKubeWorld({ workloads: [permits] });
    const plan = await other.plan('scale', params);
    await waitFor('none', async () => (await other.on('scale').apply(plainCall(), params, plan.before)).done);
    expect(other.api.get('Deployment', 'shop', 'web')?.spec?.['replicas']).toBe(0);
    expect(await other.on('scale').verify(plainCall(), params, plan.before)).toEqual({ took: true });
    await other.close();
  });

  it('refuses what an autoscaler decides, also when it came after the plan', async () => {
    const params = { ...WEB, replicas: 5 };
    const { before } = await world.plan('scale', params);
    autoscale(world.api);
    const refused = { code: 'autoscaled', again: false, message: expect.stringContaining('web-hpa') };
    await expect(world.plan('scale', params)).rejects.toMatchObject(refused);
    await expect(scale().apply(plainCall(), params, before)).rejects.toMatchObject(refused);
    expect(replicas()).toBe(3);
  });

  it('says in the plan when it may not look for autoscalers', async () => {
    world.api.meddle(({ path }, make) => {
      if (!path.includes('autoscalers')) return make();
      return { status: 403, json: { kind: 'Status', message: 'you cannot list them' } };
    });
    const { facts } = await world.plan('scale', { ...WEB, replicas: 5 });
    expect(facts?.['autoscaler']).toMatch(/^not looked for: .*you cannot list them$/);
  });

  it('shows in the plan what admission refuses, and changes nothing by asking', async () => {
    world.api.server.admission = () => 'admission webhook "quota.shop" denied the request: 5 is too many';
    await expect(world.plan('scale', { ...WEB, replicas: 5 })).rejects.toMatchObject({
      code: 'refused-by-target',
      message:
        'the API server of east does not permit it (403): admission webhook "quota.shop" denied the request: 5 is too many',
    });
    world.api.server.admission = () => undefined;
    await world.plan('scale', { ...WEB, replicas: 5 });
    expect(world.api.writes().map(({ query }) => query.get('dryRun'))).toEqual(['All', 'All']);
    expect([world.api.effects(), replicas()]).toEqual([0, 3]);
  });

  it('says in the plan that a webhook can not be asked as if, and goes on', async () => {
    const message = 'admission webhook "old.shop" does not support dry run';
    world.api.meddle(({ query }, make) =>
      query.has('dryRun') ? { status: 400, json: { kind: 'Status', message } } : make(),
    );
    const { facts } = await world.plan('scale', { ...WEB, replicas: 5 });
    expect(facts).toEqual({ dryRun: `not possible: the API server of east refuses it (400): ${message}` });
    const silent = await startKubeWorld({ dryRun: false });
    await silent.plan('scale', { ...WEB, replicas: 5 });
    expect(silent.api.writes()).toEqual([]);
    await silent.close();
  });

  it('I4: does not overrule who set another number since the plan, and does not try again', async () => {
    const params = { ...WEB, replicas: 5 };
    const { before } = await world.plan('scale', params);
    set(4);
    await expect(scale().apply(plainCall(), params, before)).rejects.toMatchObject({
      code: 'changed-meanwhile',
      again: false,
    });
    await expect(scale().revert(plainCall(), params, before)).rejects.toMatchObject({ code: 'changed-meanwhile' });
    expect(replicas()).toBe(4);
  });

  it('I4: is not fooled by another workload of the same name', async () => {
    const params = { ...WEB, replicas: 5 };
    const { before } = await world.plan('scale', params);
    world.api.clear();
    world.api.add('Deployment', deployment('shop', 'web', 3));
    await expect(scale().apply(plainCall(), params, before)).rejects.toMatchObject({ code: 'changed-meanwhile' });
    expect(world.api.effects()).toBe(0);
  });

  it('I4: when only the status changed between look and write, it writes once; when the number did, not at all', async () => {
    const params = { ...WEB, replicas: 5 };
    const { before } = await world.plan('scale', params);
    let looks = 0;
    const between = (meddle: () => void) =>
      world.api.meddle(({ method, path }, make) => {
        if (method === 'PUT' && path.endsWith('/scale') && looks++ === 0) meddle();
        return make();
      });
    between(() =>
      world.api.edit('Deployment', 'shop', 'web', (thing) => ({
        ...thing,
        status: { ...thing.status, readyReplicas: 2 },
      })),
    );
    await scale().apply(plainCall(), params, before);
    expect([replicas(), world.api.effects()]).toEqual([5, 1]);
    expect(looks).toBeGreaterThan(1);

    await scale().revert(plainCall(), params, before);
    looks = 0;
    between(() => set(4));
    await expect(scale().apply(plainCall(), params, before)).rejects.toMatchObject({ code: 'changed-meanwhile' });
    expect([replicas(), looks]).toEqual([4, 1]);
  });

  it('gives up when somebody is always quicker', async () => {
    const params = { ...WEB, replicas: 5 };
    const { before } = await world.plan('scale', params);
    let more = 0;
    world.api.meddle(({ method }, make) => {
      const annotations = { busy: String((more += 1)) };
      if (method === 'PUT')
        world.api.edit('Deployment', 'shop', 'web', (thing) => ({
          ...thing,
          metadata: { ...thing.metadata, annotations },
        }));
      return make();
    });
    await expect(scale().apply(plainCall(), params, before)).rejects.toMatchObject({ code: 'busy', again: true });
    expect(replicas()).toBe(3);
  });

  it('is not done before the replicas are ready', async () => {
    const params = { ...WEB, replicas: 5 };
    const { before } = await world.plan('scale', params);
    world.api.controller.pace = 'held';
    expect(await scale().apply(plainCall(), params, before)).toEqual({ done: false, againInMs: 10 });
    await waitFor('the controller', () => world.api.get('Deployment', 'shop', 'web')?.status?.['replicas'] === 5);
    expect(await scale().apply(plainCall(), params, before)).toMatchObject({ done: false });
    expect(await scale().verify(plainCall(), params, before)).toEqual({
      took: false,
      detail: 'deployment shop/web of east: 3 of 5 are ready',
    });
    world.api.controller.pace = 'quick';
    world.api.controller.proceed();
    expect(await scale().apply(plainCall(), params, before)).toEqual({ done: true });
    expect(await scale().verify(plainCall(), params, before)).toEqual({ took: true });
    expect(world.api.effects()).toBe(1);
  });

  it('says what hinders it, and can be taken back then', async () => {
    const params = { ...WEB, replicas: 5 };
    const { before } = await world.plan('scale', params);
    world.api.controller.pace = 'failing';
    // A quick controller has said no by then.
    await scale()
      .apply(plainCall(), params, before)
      .catch(() => undefined);
    await waitFor(
      'the controller',
      () => world.api.get('Deployment', 'shop', 'web')?.status?.['unavailableReplicas'] === 2,
    );
    await expect(scale().apply(plainCall(), params, before)).rejects.toMatchObject({
      code: 'rollout-hindered',
      message: expect.stringMatching(/3 of 5 are ready; FailedCreate: .*exceeded quota/),
    });
    expect(await scale().revert(plainCall(), params, before)).toEqual({ done: true });
    expect(replicas()).toBe(3);
  });
});
