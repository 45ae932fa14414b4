import { describe, expect, it } from 'vitest';
import { withMethods } from '../../src/testing/with-methods.js';
import type { Given } from './small-firebreak.js';
import { approve, BOTH, cutOver, evict, executions, hit, SECOND, stale, storms, toldOf } from './storm-kit.js';
import { watchedFirebreak } from './watched-firebreak.js';

describe('when nothing can be proposed, people are told of the storm all the same, and why', () => {
  it.each([
    ['none is named', evict({ storm: 'distinctTargets: 5' }), /names no runbook for the group/],
    ['it is paused', evict(), /cut-over could not be proposed: paused: .*moving house/],
    ['its target is missing', evict(), /cut-over could not be proposed: no-target: labels.region is missing/],
  ])('%s', async (story, text, detail) => {
    const group =
      story === 'its target is missing' ? cutOver.replace('{{labels.cluster}}', '{{labels.region}}') : cutOver;
    const small = await watchedFirebreak({ runbooks: { evict: text, 'cut-over': group } });
    if (story === 'it is paused')
      await small.world.store.addPause({
        id: 'p',
        scope: 'runbook:cut-over',
        reason: 'moving house',
        by: 'ann',
        at: 0,
      });
    await hit(small, 7);
    expect(await executions(small, 'cut-over')).toEqual([]);
    expect((await storms(small))[0]?.proposal?.detail).toMatch(detail);
    expect(toldOf(small, 'storm')).toMatchObject([{ text: expect.stringMatching(new RegExp(detail, 'i')) }]);
  });

  it('its runbook answers the alert already, by itself', async () => {
    const both = cutOver.replace('OnlyForStorms', 'ConfigStale');
    const group = both
      .replace('{ distinctTargets: 1 }', 'off')
      .replace('traffic/{{labels.cluster}}', 'traffic/{{labels.service}}');
    const small = await watchedFirebreak({ runbooks: { evict: evict(), 'cut-over': group } });
    await hit(small, 6);
    const proposal = (await storms(small))[0]?.proposal;
    const own = (await executions(small, 'cut-over')).find(({ target }) => target === 'traffic/s6');
    expect(proposal).toEqual({
      executionId: own?.id,
      detail: `cut-over could not be proposed: duplicate: this incident is answered already by ${own?.id}`,
    });
  });
});

describe('what is proposed for a group', () => {
  it('is held back by no storm of its own, however many groups are hit', async () => {
    const small = await watchedFirebreak(BOTH);
    for (const cluster of ['eu', 'us', 'cn'])
      await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          small.post({ labels: { alertname: 'ConfigStale', cluster, service: `${cluster}${i}` } }),
        ),
      );
    await small.world.pass(5 * SECOND);
    const proposed = await executions(small, 'cut-over');
    expect(proposed.map(({ target }) => target).toSorted()).toEqual(['traffic/cn', 'traffic/eu', 'traffic/us']);
    for (const one of proposed) await approve(small, one);
    expect(small.world.target.writes).toHaveLength(3);
  });

  it('is held back by all its other guards', async () => {
    const group = cutOver.replace('guards: {', 'guards: { rate: { limit: 1, per: 1h },');
    const small = await watchedFirebreak({ runbooks: { evict: evict(), 'cut-over': group } });
    for (const cluster of ['eu', 'us'])
      await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          small.post({ labels: { alertname: 'ConfigStale', cluster, service: `${cluster}${i}` } }),
        ),
      );
    await small.world.pass(5 * SECOND);
    expect(await executions(small, 'cut-over')).toHaveLength(1);
    expect((await storms(small)).map(({ proposal }) => proposal?.detail)).toEqual([
      'cut-over is proposed for the whole group',
      expect.stringContaining('cut-over could not be proposed: rate: '),
    ]);
  });
});

describe('several processes', () => {
  it('propose the same storm once, and tell of it once, when they look at the same time', async () => {
    const small = await watchedFirebreak(BOTH);
    const others = [small.lookout(), small.lookout(), small.lookout()];
    await Promise.all(Array.from({ length: 6 }, (_, i) => small.post(stale(i + 1))));
    await Promise.all(others.map((one) => one.look()));
    await small.world.pass(5 * SECOND);
    expect(await executions(small, 'cut-over')).toHaveLength(1);
    expect(toldOf(small, 'storm')).toHaveLength(1);
    expect(small.lines.filter(({ message }) => message.includes('storm'))).toHaveLength(1);
    expect((await storms(small))[0]?.proposal?.executionId).toBe((await executions(small, 'cut-over'))[0]?.id);
  });

  it.each([
    ['before it noted what it has proposed', 'noteProposal'],
    ['before it could tell people', 'get'],
  ] as const)('take over from one that dies %s: one proposal, told once', async (_, dies) => {
    const small = await watchedFirebreak(BOTH);
    const { store } = small.world;
    const dead = () => Promise.reject(new Error('the process is gone'));
    const dying =
      dies === 'get'
        ? withMethods(store, { get: dead })
        : withMethods(store, { governance: withMethods(store.governance, { noteProposal: dead }) });
    await Promise.all(Array.from({ length: 6 }, (_one, i) => small.post(stale(i + 1))));
    await small.lookout(dying).look();
    expect(await executions(small, 'cut-over')).toHaveLength(1);
    expect(toldOf(small, 'storm')).toEqual([]);
    await small.world.pass(5 * SECOND);
    const [proposed, ...more] = await executions(small, 'cut-over');
    expect(more).toEqual([]);
    const detail = 'cut-over is proposed for the whole group';
    expect((await storms(small))[0]?.proposal).toEqual({ executionId: proposed?.id, detail });
    expect(toldOf(small, 'storm')).toHaveLength(1);
  });

  it('look after a storm although another one cannot be looked after', async () => {
    const small = await watchedFirebreak(BOTH);
    const { store } = small.world;
    const { governance } = store;
    const poisoned = withMethods(store, {
      governance: withMethods(governance, {
        noteProposal: (key, proposal) =>
          key.endsWith('=eu') ? Promise.reject(new Error('poison')) : governance.noteProposal(key, proposal),
      }),
    });
    const elsewhere = (i: number): Given => ({ labels: { ...stale(i).labels, cluster: 'us', service: `t${i}` } });
    for (const one of [stale, elsewhere])
      await Promise.all(Array.from({ length: 6 }, (_, i) => small.post(one(i + 1))));
    await small.lookout(poisoned).look();
    expect((await storms(small)).map(({ key, proposal }) => [key, proposal !== undefined])).toEqual([
      ['evict|cluster=eu', false],
      ['evict|cluster=us', true],
    ]);
  });
});
