import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { rigProgram } from '../rig/project.js';

describe('npm run bench -- comparison', () => {
  it(
    'I15: compares 100,000 keys in less than 100 MiB of further memory; what clients felt is printed, and no test',
    { timeout: 600_000 },
    () => {
      const { status, stdout } = spawnSync(
        process.execPath,
        [rigProgram('bench.js'), 'comparison', '--keys', '100000', '--rate', '20000', '--seconds', '2'],
        { encoding: 'utf8' },
      );
      console.log(stdout);
      expect(status).toBe(0);
      expect(Number(/additional resident memory (-?[\d.]+) MiB/.exec(stdout)?.[1])).toBeLessThan(100);
      expect(stdout).toMatch(/p99 ratio \d+\.\d\d/);
      expect(stdout).toMatch(/found: match (99|100),\d+, mismatch 0, missingHere 0, missingThere 0/);
    },
  );
});
