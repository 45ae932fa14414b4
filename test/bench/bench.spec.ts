import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { rigProgram } from '../rig/project.js';

describe('npm run bench', () => {
  it('prints what it measured beside the bare limit of the same run; no figure is a test', { timeout: 600_000 }, () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [rigProgram('bench.js'), '--rounds', '1', '--seconds', '1'],
      { encoding: 'utf8' },
    );
    expect(status).toBe(0);
    expect(stdout.match(/^ {2}ratio \d+\.\d\d/gm)).toHaveLength(6);
    expect(stdout).not.toContain('not acknowledged');
    expect(stdout).toMatch(/memory at rest \d+ MiB/);
    console.log(stdout);
  });
});
