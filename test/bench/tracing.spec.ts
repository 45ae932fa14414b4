import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { rigProgram } from '../rig/project.js';

describe('npm run bench -- tracing', () => {
  it(
    'prints what tracing costs beside the bare limit of the same run; no figure is a test',
    { timeout: 600_000 },
    () => {
      const { status, stdout } = spawnSync(
        process.execPath,
        [rigProgram('bench.js'), 'tracing', '--rounds', '1', '--seconds', '1', '--alerts', '1'],
        { encoding: 'utf8' },
      );
      console.log(stdout);
      expect(status).toBe(0);
      expect(stdout.match(/^ {2}ratio on\/off \d+\.\d\d, of processor time \d+\.\d\d/gm)).toHaveLength(3);
      expect(stdout).not.toContain('not acknowledged');
      expect(Number(/(\d+) spans arrived/.exec(stdout)?.[1])).toBeGreaterThan(0);
    },
  );
});
