import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { rigProgram } from '../rig/project.js';

describe('npm run bench -- eviction', () => {
  it(
    'I15: evicts 100,000 keys in less than 50 MiB of further memory; what clients felt is printed, and no test',
    { timeout: 600_000 },
    () => {
      const { status, stdout } = spawnSync(
        process.execPath,
        [rigProgram('bench.js'), 'eviction', '--keys', '100000', '--rate', '20000', '--seconds', '2'],
        { encoding: 'utf8' },
      );
      console.log(stdout);
      expect(status).toBe(0);
      expect(Number(/additional resident memory (-?[\d.]+) MiB/.exec(stdout)?.[1])).toBeLessThan(50);
      expect(stdout).toMatch(/p99 ratio \d+\.\d\d/);
      expect(stdout).toContain('evicted 100,000 keys, 0 of them are left');
    },
  );
});
