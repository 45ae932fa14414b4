import { describe, expect, it } from 'vitest';
import { hashOfSecret, isDamagedSecret, newSecret } from './token-secret.js';

describe('secrets of tokens', () => {
  it('can be told from any other text, and differ', () => {
    const secrets = Array.from({ length: 200 }, newSecret);
    for (const secret of secrets) expect(secret).toMatch(/^fb_[0-9A-Za-z]{49}$/);
    expect(new Set(secrets).size).toBe(200);
  });

  it('are known to be damaged when a letter is missing, or is another one', () => {
    const secret = newSecret();
    expect(isDamagedSecret(secret)).toBe(false);
    expect(isDamagedSecret(secret.slice(0, -1))).toBe(true);
    expect(isDamagedSecret(`${secret}x`)).toBe(true);
    for (let i = 3; i < secret.length; i++) {
      const other = secret.charAt(i) === 'a' ? 'b' : 'a';
      expect(isDamagedSecret(secret.slice(0, i) + other + secret.slice(i + 1))).toBe(true);
    }
  });

  it('may be made elsewhere, and are then taken as they are', () => {
    expect(isDamagedSecret('0123456789abcdef0123456789abcdef')).toBe(false);
  });

  it('are kept as their SHA-256', () => {
    expect(hashOfSecret('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
