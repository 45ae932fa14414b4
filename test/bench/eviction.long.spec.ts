import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { rigProgram } from '../rig/project.js';

describe('npm run bench -- eviction', () => {
  it(
    'I15: evicts 1,000,000 keys in less than 50 MiB of further memory, and p99 of parallel clients stays within twice',
    { timeout: 1_200_000 },
    () => {
      const { status, stdout } = spawnSync(process.execPath, [rigProgram('bench.js'), 'eviction'], {
        encoding: 'utf8',
      });
      console.log(stdout);
      expect(status).toBe(0);
      expect(Number(/additional resident memory (-?[\d.]+) MiB/.exec(stdout)?.[1])).toBeLessThan(50);
      expect(Number(/p99 ratio (\d+\.\d\d)/.exec(stdout)?.[1])).toBeLessThanOrEqual(2);
      expect(stdout).toContain('evicted 1,000,000 keys, 0 of them are left');
    },
  );
});
