import { expect, it } from 'vitest';
import { freePort } from './processes.js';

it('a port is given once, before any program listens on it, and by one process of the test runner only', async () => {
  const ports: number[] = [];
  for (let i = 0; i < 300; i++) ports.push(await freePort());
  expect(new Set(ports).size).toBe(300);
  expect(new Set(ports.map((port) => port % 16)).size).toBe(1);
});
