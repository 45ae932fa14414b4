import { describe, expect, it } from 'vitest';
import { approve, BOTH, cutOver, evict, executions, hit, MINUTE, storms, toldOf } from './storm-kit.js';
import { watchedFirebreak } from './watched-firebreak.js';

describe('twelve targets in trouble within a minute', () => {
  it('are five executions, then a storm: one execution for the group waits for approval, and all is listed', async () => {
    const small = await watchedFirebreak(BOTH);
    await hit(small, 12);
    expect(await executions(small, 'evict')).toHaveLength(5);
    const [proposed, ...more] = await executions(small, 'cut-over');
    expect(more).toEqual([]);
    expect(proposed).toMatchObject({
      mode: 'approve',
      target: 'traffic/eu',
      reason:
        'storm evict|cluster=eu: 6 targets: cache/eu/s1, cache/eu/s2, cache/eu/s3, cache/eu/s4, cache/eu/s5, cache/eu/s6',
      state: { phase: 'awaiting-approval' },
      alert: { labels: { service: 's6' } },
    });
    const [storm] = await storms(small);
    expect(storm?.targets.map(({ target }) => target)).toEqual(
      Array.from({ length: 12 }, (_, i) => `cache/eu/s${i + 1}`),
    );
    expect(storm?.proposal).toEqual({ executionId: proposed?.id, detail: 'cut-over is proposed for the whole group' });
    const no = await small.world.store.decisions({ runbook: 'evict', limit: 100 });
    expect(no.filter(({ because }) => because === 'storm')).toHaveLength(7);
  });

  it('I8: nothing is begun for the group before people agree, although its runbook acts by itself', async () => {
    const small = await watchedFirebreak(BOTH);
    await hit(small, 12);
    await small.world.pass(MINUTE);
    expect(small.world.target.writes).toEqual([]);
    for (const proposed of await executions(small, 'cut-over')) await approve(small, proposed);
    expect(small.world.target.writes).toMatchObject([{ name: 'eu', value: 'standby' }]);
  });

  it('I9: what was opened before it is blocked before its first effect', async () => {
    const small = await watchedFirebreak(BOTH);
    await hit(small, 12);
    for (const one of await executions(small, 'evict')) await approve(small, one);
    const ends = (await executions(small, 'evict')).map(({ state }) => state);
    expect(ends).toHaveLength(5);
    for (const end of ends) expect(end).toMatchObject({ phase: 'closed', outcome: 'blocked' });
    expect(small.lines.filter(({ message }) => message === 'closed: blocked').map(({ level }) => level)).toEqual(
      Array.from({ length: 5 }, () => 'warn'),
    );
    expect(small.world.target.writes).toEqual([]);
  });

  it('are repaired one by one where the storm guard is off', async () => {
    const small = await watchedFirebreak({ runbooks: { evict: evict({ mode: 'auto', storm: 'off' }) } });
    await hit(small, 12);
    expect(small.world.target.writes).toHaveLength(12);
    expect(await storms(small)).toEqual([]);
  });
});

describe('a storm', () => {
  it('goes on while further targets are hit, ends after the calm period, and single repairs work again', async () => {
    const small = await watchedFirebreak({ runbooks: { evict: evict({ mode: 'auto' }), 'cut-over': cutOver } });
    small.lookout().start();
    await hit(small, 6);
    await small.world.pass(8 * MINUTE);
    await hit(small, 1, 7);
    await small.world.pass(8 * MINUTE);
    expect((await storms(small))[0]?.targets).toHaveLength(7);
    expect(small.world.target.writes).toHaveLength(5);
    await small.world.pass(2 * MINUTE);
    expect(await storms(small)).toEqual([]);
    expect(small.lines.filter(({ message }) => message.includes('storm'))).toMatchObject([
      { level: 'warn', storm: 'evict|cluster=eu', message: 'a storm: too many targets are in trouble at once' },
      { level: 'info', storm: 'evict|cluster=eu', targets: 7, message: expect.stringMatching(/^the storm is over/) },
    ]);
    await hit(small, 1, 8);
    expect(small.world.target.writes).toHaveLength(6);
  });

  it('breaks loose when more than its share of a group that the topology knows is hit', async () => {
    const topology = `
apiVersion: firebreak/v1
kind: Topology
regions: { r: {} }
centers: { a: { region: r, vendor: x, role: active, capacity: 1 } }
groups: { cluster: { eu: 10 } }
`;
    const small = await watchedFirebreak({ ...BOTH, topology });
    await hit(small, 4);
    expect(await storms(small)).toEqual([]);
    await hit(small, 1, 5);
    expect((await storms(small))[0]?.targets).toHaveLength(5);
    expect(await executions(small, 'evict')).toHaveLength(4);
  });

  it('of a runbook that observes is a shadow: nobody is held back by it, nothing is proposed, and people hear of it', async () => {
    const tried = evict({ name: 'tried', mode: 'observe' });
    const small = await watchedFirebreak({
      runbooks: { tried, evict: evict({ mode: 'auto', storm: 'off' }), 'cut-over': cutOver },
    });
    await hit(small, 7);
    expect(small.world.target.writes).toHaveLength(7);
    expect(await executions(small, 'tried')).toHaveLength(5);
    expect(await executions(small, 'cut-over')).toEqual([]);
    const [storm] = await storms(small);
    expect(storm).toMatchObject({
      key: 'observe|tried|tried|cluster=eu',
      proposal: { detail: 'nothing is proposed: tried only observes' },
    });
    expect(toldOf(small, 'storm')).toMatchObject([{ title: expect.stringContaining('(observed)') }]);
  });

  it('is told to people once', async () => {
    const small = await watchedFirebreak(BOTH);
    await hit(small, 12);
    await small.world.pass(MINUTE);
    const [proposed] = await executions(small, 'cut-over');
    const [told, ...again] = toldOf(small, 'storm');
    expect(again).toEqual([]);
    expect(told).toEqual({
      id: expect.stringMatching(/^storm-[0-9a-f]{12}-\d+$/),
      event: 'storm',
      title: 'Storm: 6 targets of evict are in trouble at once',
      text: [
        '6 targets: cache/eu/s1, cache/eu/s2, cache/eu/s3, cache/eu/s4, cache/eu/s5, cache/eu/s6.',
        'Repairing them one by one has stopped, and whatever was not begun is blocked. Look for what they have in common.',
        `Proposed for the whole group: cut-over on traffic/eu (${proposed?.id}). It is not begun before people agree.`,
        'It is over at 2026-11-01 12:10:25 UTC if no further target is hit until then.',
      ].join('\n'),
      link: 'http://firebreak.example.org/',
      execution: { id: proposed?.id, runbook: 'cut-over', target: 'traffic/eu', phase: 'planning' },
    });
  });
});
