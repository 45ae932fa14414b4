import { statfs } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Probe } from '../../../src/plugin-sdk/plugin.js';
import { plainCall } from '../../../test/rig/plain-call.js';
import { waitFor } from '../../../test/rig/wait-for.js';
import plugin from '../index.js';
import { configSchema } from '../systems.js';
import { Disks } from './disks.js';
import { judge } from './judge.js';
import { levelAt, reaches, usedShare, WATERMARKS } from './levels.js';

const log = { info: () => {}, warn: () => {} };

describe('the watermarks (D2)', () => {
  it.each([
    [0, 'free'],
    [0.849_999, 'free'],
    [0.85, 'freeze'],
    [0.919_999, 'freeze'],
    [0.92, 'evict'],
    [0.979_999, 'evict'],
    [0.98, 'stop'],
    [1, 'stop'],
  ])('at %d of the disk it is: %s', (used, level) => {
    expect(levelAt(used)).toBe(level);
  });

  // By hand: what is left, of how much.
  it.each([
    [150, 1_000, 0.85, 'freeze'],
    [151, 1_000, 0.849, 'free'],
    [80, 1_000, 0.92, 'evict'],
    [20, 1_000, 0.98, 'stop'],
    [1, 3, 0.666_666_667, 'free'],
    [0, 7, 1, 'stop'],
  ])('with %d of %d left', (available, size, used, level) => {
    expect([usedShare(available, size), levelAt(usedShare(available, size))]).toEqual([used, level]);
  });

  it('are three levels with three outcomes, and each can be asked for', () => {
    const asked = [0.5, 0.86, 0.93, 0.99].map((used) =>
      (['freeze', 'evict', 'stop'] as const).map((from) => judge('data', used, from).status),
    );
    expect(asked).toEqual([
      ['healthy', 'healthy', 'healthy'],
      ['unhealthy', 'healthy', 'healthy'],
      ['unhealthy', 'unhealthy', 'healthy'],
      ['unhealthy', 'unhealthy', 'unhealthy'],
    ]);
    expect(new Set(WATERMARKS.map(({ outcome }) => outcome)).size).toBe(3);
  });

  it('are said with what has to be done', () => {
    expect(judge('data', 0.41, 'freeze').detail).toBe('disk data is 41.0 % full: nothing to do below 85 %');
    expect(judge('data', 0.85, 'evict').detail).toBe(
      'disk data is 85.0 % full: freeze writes that are not core (level freeze, from 85 %)',
    );
    expect(judge('data', 0.979_99, 'evict').detail).toBe(
      'disk data is 97.9 % full: evict entries and compress the rest (level evict, from 92 %)',
    );
    expect(judge('data', 0.98, 'evict')).toEqual({
      status: 'unhealthy',
      value: 0.98,
      values: { used: 0.98 },
      detail: 'disk data is 98.0 % full: stop all writes and tell people (level stop, from 98 %)',
    });
  });

  it('never call a disk healthy that nobody knows of', () => {
    expect(judge('data', undefined, 'stop')).toEqual({
      status: 'unknown',
      detail: "how full disk data is can't be told: no data",
    });
  });

  it('never sink as the disk gets fuller, and reach a level just from its watermark on', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const rank = (used: number) => ['free', 'freeze', 'evict', 'stop'].indexOf(levelAt(used));
    fc.assert(
      fc.property(share, share, (a, b) => {
        expect(rank(Math.max(a, b))).toBeGreaterThanOrEqual(rank(Math.min(a, b)));
        for (const { level, from } of WATERMARKS) expect(reaches(levelAt(a), level)).toBe(a >= from);
      }),
    );
  });
});

const probeOf = (section: object): Probe =>
  plugin.instantiate({ diskWatermark: section }, log).provided.probes!['disk-watermark']!;
const ask = (probe: Probe, disk: string, from = 'freeze', signal = new AbortController().signal) =>
  probe.measure(plainCall({ signal }), { disk, from });

describe('a disk where Firebreak runs', () => {
  it('is looked at', async () => {
    const { bavail, blocks } = await statfs('/');
    const { values } = await ask(probeOf({ disks: { root: { path: '/' } } }), 'root');
    expect(values?.['used']).toBeCloseTo(1 - bavail / blocks, 2);
  });

  it('that is not there is an error, and so is one whose numbers are none', async () => {
    const probe = probeOf({ disks: { gone: { path: '/no/such/folder' }, proc: { path: '/proc' } } });
    await expect(ask(probe, 'gone')).rejects.toMatchObject({
      code: 'target-unreachable',
      message: "disk gone can't be looked at: ENOENT",
    });
    await expect(ask(probe, 'proc')).rejects.toMatchObject({ code: 'not-understood', again: false });
    await expect(ask(probe, 'gone', 'stop', AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('a disk that hangs, as a network drive does when it is gone', () => {
  it('is given up in time, is asked once and not with every question (I15), and counts again when it is back', async () => {
    let asked = 0;
    let back = (): void => undefined;
    const gone = new Promise<void>((resolve) => (back = resolve));
    const stat = async () => {
      asked += 1;
      if (asked === 1) await gone;
      return { bavail: 1, blocks: 4 };
    };
    const { diskWatermark } = configSchema.parse({
      diskWatermark: { timeout: '50ms', disks: { net: { path: '/net' } } },
    });
    const disks = new Disks(diskWatermark, stat);
    const ask = () => disks.used('net', new AbortController().signal, log);
    await expect(ask()).rejects.toMatchObject({ code: 'timed-out', message: 'disk net did not answer within 50 ms' });
    await expect(ask()).rejects.toThrow('disk net has not even answered an earlier look: is its drive gone?');
    expect(asked).toBe(1);
    back();
    expect(await waitFor('it to be back', ask, 30_000)).toBe(0.75);
  });
});

describe('parameters and configuration', () => {
  it.each([
    null,
    {},
    { disk: 'data' },
    { disk: '/', from: 'stop' },
    { disk: 'data', from: 'free' },
    { disk: 'toString', from: 'stop' },
  ])('S6: %j is refused', (params) => {
    expect(probeOf({ disks: { data: { path: '/' } } }).params.safeParse(params).success).toBe(false);
  });

  it.each([
    { disks: {} },
    { disks: { data: {} } },
    { disks: { data: { path: 'relative' } } },
    { disks: { data: { labels: { mountpoint: '/' } } } },
    { prometheus: 'http://p', disks: { data: { labels: { job: 'node' } } } },
    { prometheus: 'http://p', disks: { data: { labels: { mountpoint: '/', 'a"b': 'c' } } } },
    { prometheus: 'http://p', disks: { data: { labels: { mountpoint: '/' }, path: '/' } } },
  ])('%j is refused', (section) => {
    expect(() => probeOf(section)).toThrow();
  });
});
