import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import plugin from '../index.js';

const silent = { info: () => {}, warn: () => {} };
const node = { host: '10.0.0.2' };
const configured = (url: string) =>
  plugin.instantiate(
    { postgres: { clusters: { orders: { database: 'orders', nodes: { a: { url }, b: node } } } } },
    silent,
  );

describe('the url of a PostgreSQL node', () => {
  it.each([
    'postgresql://firebreak:canary-1@10.0.0.1:5432/postgres?sslmode=verify-full',
    'postgres://firebreak:canary%2F1@[::1]',
    'postgresql://10.0.0.1',
  ])('is taken, and is a secret: %s', (url) => {
    expect(configured(url).secrets).toContain(url);
  });

  it.each([
    'nonsense-canary-1',
    'mysql://firebreak:canary-1@10.0.0.1',
    'postgresql:///canary-1',
    'postgresql://firebreak:canary-1@/postgres',
    'postgresql://firebreak:can/ary-1@10.0.0.1/postgres',
    'postgresql://firebreak:5432/canary-1@10.0.0.1/postgres',
    'postgresql://firebreak:5432?canary-1@10.0.0.1/postgres',
    'postgresql://firebreak:5432#canary-1@10.0.0.1/postgres',
    'postgresql://firebreak:canary-1%@10.0.0.1/postgres',
  ])('is refused at the start, without being shown: %s', (url) => {
    const seen: unknown[] = [];
    try {
      configured(url);
    } catch (error) {
      seen.push(error);
    }
    expect(seen).toHaveLength(1);
    const all = inspect(seen[0], { depth: 9, showHidden: true });
    expect(all).toContain('must be postgresql://');
    expect(all.replaceAll(/file:\S+|at .*/g, '')).not.toMatch(/canary|can\/ary|ary-1/);
  });
});
