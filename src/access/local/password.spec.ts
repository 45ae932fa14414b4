import { describe, expect, it } from 'vitest';
import { hashPassword, isPasswordHash, verifyPassword } from './password.js';

describe('passwords', () => {
  it('fit their own hash only', async () => {
    const hash = await hashPassword('correct horse battery');
    expect(hash).toMatch(/^scrypt\$ln=15\$r=8\$p=3\$/);
    expect(isPasswordHash(hash)).toBe(true);
    expect(await verifyPassword('correct horse battery', hash)).toBe(true);
    expect(await verifyPassword('correct horse batterz', hash)).toBe(false);
    expect(await verifyPassword('', hash)).toBe(false);
  });

  it('have another hash each time', async () => {
    expect(await hashPassword('correct horse battery')).not.toBe(await hashPassword('correct horse battery'));
  });

  it('are the same whichever way an accent was typed', async () => {
    const hash = await hashPassword('caf\u00e9 caf\u00e9 caf\u00e9');
    expect(await verifyPassword('cafe\u0301 cafe\u0301 cafe\u0301', hash)).toBe(true);
  });

  it.each(['', 'scrypt$', 'correct horse battery', 'scrypt$ln=30$r=8$p=1$AAAAAAAAAAAAAAAAAAAAAA$' + 'A'.repeat(43)])(
    'fit nothing that is no hash of ours: %j',
    async (hash) => {
      expect(isPasswordHash(hash)).toBe(false);
      expect(await verifyPassword('correct horse battery', hash)).toBe(false);
    },
  );
});
