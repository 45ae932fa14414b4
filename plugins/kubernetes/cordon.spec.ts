import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { node } from '../../test/rig/kube-api/objects.js';
import { startKubeWorld, type KubeWorld } from '../../test/rig/kube-subjects.js';
import { plainCall } from '../../test/rig/plain-call.js';

// Against a stand-in for an API server, not a real one.
describe('kubernetes/cordon', () => {
  let world: KubeWorld;
  beforeEach(async () => {
    world = await startKubeWorld();
  });
  afterEach(() => world.close());

  const one = { cluster: 'east', pool: 'workers', node: 'node-1' };
  const other = { ...one, node: 'node-2' };
  const cordon = () => world.on('cordon');
  const isClosed = (name: string) => world.api.get('Node', undefined, name)?.spec?.['unschedulable'] === true;
  const close = (name: string, unschedulable: boolean) =>
    world.api.edit('Node', undefined, name, (thing) => ({ ...thing, spec: { ...thing.spec, unschedulable } }));

  it('says in the plan how many are left', async () => {
    expect(await world.plan('cordon', one)).toMatchObject({
      summary: 'node-1 of east takes no new pods; those that run there stay',
      changes: [{ resource: 'kubernetes/east/node/node-1', attribute: 'unschedulable', from: false, to: true }],
      facts: { pool: '2 others of workers are ready and open, 2 must be' },
    });
  });

  it('I9: refuses when too few would be left that are ready and open, in the plan and when it comes to it', async () => {
    const { before } = await world.plan('cordon', one);
    close('node-3', true);
    const refused = {
      code: 'would-leave-too-few',
      again: false,
      message: expect.stringContaining('has 1 nodes that are ready and open'),
    };
    await expect(world.plan('cordon', one)).rejects.toMatchObject(refused);
    await expect(cordon().apply(plainCall(), one, before)).rejects.toMatchObject(refused);
    expect(isClosed('node-1')).toBe(false);
  });

  it('I9: does not count nodes that are not ready, or of another pool', async () => {
    world.api.clear();
    for (const name of ['node-1', 'node-2']) world.api.add('Node', node(name, { pool: 'workers' }));
    world.api.add('Node', node('node-3', { pool: 'workers' }, false));
    world.api.add('Node', node('node-4', { pool: 'masters' }));
    await expect(world.plan('cordon', one)).rejects.toMatchObject({ code: 'would-leave-too-few' });
  });

  it('I9: counts what earlier steps will have closed', async () => {
    const change = { resource: 'kubernetes/east/node/node-2', attribute: 'unschedulable', from: false, to: true };
    await expect(world.plan('cordon', one, { earlier: [change] })).rejects.toMatchObject({
      code: 'would-leave-too-few',
    });
  });

  it('I9: of two who close two nodes at the same time none stays closed when too few would be left', async () => {
    const [mine, theirs] = [await world.plan('cordon', one), await world.plan('cordon', other)];
    let waiting: (() => void) | undefined;
    // Both have looked before either writes.
    const together = async (): Promise<void> => {
      if (waiting === undefined) return new Promise((resolve) => (waiting = resolve));
      waiting();
      waiting = () => undefined;
    };
    const attempts = await Promise.allSettled([
      cordon().apply(plainCall({ fence: once(together) }), one, mine.before),
      cordon().apply(plainCall({ fence: once(together) }), other, theirs.before),
    ]);
    expect(attempts.map(({ status }) => status)).toContain('rejected');
    const open = ['node-1', 'node-2', 'node-3'].filter((name) => !isClosed(name));
    expect(open.length).toBeGreaterThanOrEqual(2);
  });

  it('S6: refuses a node that is not of the pool', async () => {
    world.api.add('Node', node('master-1', { pool: 'masters' }));
    await expect(world.plan('cordon', { ...one, node: 'master-1' })).rejects.toMatchObject({
      code: 'not-in-pool',
      again: false,
      message: 'the pool workers of east has no node master-1, of 3: there is none, or its labels are others',
    });
  });

  it('leaves closed what somebody else has closed, and what was closed before', async () => {
    const { before } = await world.plan('cordon', one);
    close('node-1', true);
    expect(await cordon().check(plainCall(), one)).toMatchObject({ needed: false });
    expect(await cordon().apply(plainCall(), one, before)).toEqual({ done: true });
    expect(await cordon().verify(plainCall(), one, before)).toEqual({ took: true });
    expect(await cordon().revert(plainCall(), one, before)).toEqual({ done: true });
    expect([isClosed('node-1'), world.api.effects()]).toEqual([true, 0]);
  });

  it('leaves closed what another execution has closed', async () => {
    const { before } = await world.plan('cordon', one);
    const alert = { fingerprint: 'f2', labels: {}, annotations: {} };
    const theirs = await world.plan('cordon', one, { alert });
    await cordon().apply(plainCall({ alert }), one, theirs.before);
    await cordon().revert(plainCall(), one, before);
    expect(isClosed('node-1')).toBe(true);
    await cordon().revert(plainCall({ alert }), one, theirs.before);
    expect(isClosed('node-1')).toBe(false);
  });

  it('does not take another machine of that name for the one that was planned', async () => {
    const { before } = await world.plan('cordon', one);
    world.api.add('Node', node('node-1', { pool: 'workers' }));
    await expect(cordon().apply(plainCall(), one, before)).rejects.toMatchObject({
      code: 'changed-meanwhile',
      again: false,
    });
  });

  it('reads large pools page by page', async () => {
    for (let i = 10; i < 70; i += 1) world.api.add('Node', node(`node-${i}`, { pool: 'workers' }));
    const { facts } = await world.plan('cordon', one);
    expect(facts?.['pool']).toContain('62 others');
    const pages = world.api.seen.filter(({ path, query }) => path === '/api/v1/nodes' && query.has('continue'));
    expect(pages.length).toBeGreaterThan(2);
  });
});

/** Only the first write waits. */
function once(wait: () => Promise<void>): () => Promise<void> {
  let asked = false;
  return async () => {
    if (asked) return;
    asked = true;
    await wait();
  };
}
