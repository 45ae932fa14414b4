import { describe, expect, it } from 'vitest';
import { deployFile } from './project.js';

describe('deployFile', () => {
  it('puts addresses of this machine in the place of names', () => {
    const text = deployFile('firebreak/firebreak.yaml', { 'haproxy:9999': '127.0.0.1:1' });
    expect(text).toContain('127.0.0.1:1');
    expect(text).not.toContain('haproxy:9999');
  });

  it('refuses a name that the file does not mention, so that rig and deploy/ stay together', () => {
    expect(() => deployFile('firebreak/firebreak.yaml', { 'nobody:1': 'x' })).toThrow(/does not mention nobody:1/);
  });
});
