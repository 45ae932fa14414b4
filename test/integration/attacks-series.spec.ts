import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApi, type ApiApp } from './api-app.js';

let api: ApiApp;
beforeAll(async () => (api = await startApi({ access: { rateLimit: { perMinute: 1_000_000 } } })));
afterAll(() => api.close());

const series = async (): Promise<string[]> =>
  (await api.send('GET', '/metrics')).text.split('\n').filter((line) => line.startsWith('firebreak_'));

it(
  'S10: 100,000 values of labels, and as many addresses and people as come, make no series',
  { timeout: 120_000 },
  async () => {
    const one = (i: number) => {
      const names = ['alertname', 'severity', 'instance', 'runbook', 'cluster'] as const;
      const labels = Object.fromEntries(names.map((name) => [name, `planted-${name}-${i}`]));
      return { status: 'firing', labels, startsAt: new Date(api.clock.now() - 1_000).toISOString() };
    };
    const round = async (from: number, count: number): Promise<void> => {
      const alerts = Array.from({ length: count }, (_, i) => one(from + i));
      const { status } = await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts });
      expect(status).toBe(202);
      for (let i = from; i < from + 20; i++) {
        await api.send('GET', `/planted-${i}`, 'viewer');
        await api.send('GET', `/api/v1/executions/planted-${i}`, 'viewer');
        await api.send('GET', '/api/v1/executions', undefined, undefined, { authorization: `Bearer planted-${i}` });
        await api.send('POST', `/planted-${i}`, 'viewer', '{');
      }
    };
    await round(0, 1_000);
    const before = await series();
    for (let i = 1; i < 20; i++) await round(i * 1_000, 1_000);
    const after = await series();
    const namesOf = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/ \S+$/, '')).toSorted();
    expect(namesOf(after)).toEqual(namesOf(before));
    expect(after.filter((line) => line.includes('planted'))).toEqual([]);
  },
);
