const encoder = new TextEncoder();
const SEPARATOR = 0xff;

/**
 * Computes Alertmanager's fingerprint of a label set: 64-bit FNV-1a over the labels sorted by name,
 * each name and each value followed by the byte 0xFF (prometheus/common, `LabelSet.Fingerprint`).
 *
 * @param labels the complete label set of the alert
 * @returns 16 lower-case hexadecimal digits
 */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  const hash = new Fnv1a64();
  const pairs = Object.entries(labels).map(([name, value]) => ({ name: encoder.encode(name), value }));
  pairs.sort((a, b) => compareBytes(a.name, b.name));
  for (const { name, value } of pairs) {
    hash.add(name);
    hash.addByte(SEPARATOR);
    hash.add(encoder.encode(value));
    hash.addByte(SEPARATOR);
  }
  return hash.hex();
}

/** Go sorts strings by bytes, JavaScript by UTF-16 units; beyond the basic plane the orders differ. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** FNV-1a in four 16-bit limbs: BigInt would cost ten times as much on the intake path. */
class Fnv1a64 {
  // offset basis 0xcbf29ce484222325, lowest limb first
  private a = 0x2325;
  private b = 0x8422;
  private c = 0x9ce4;
  private d = 0xcbf2;

  add(bytes: Uint8Array): void {
    for (const byte of bytes) this.addByte(byte);
  }

  /** Multiplies by the prime 0x100000001b3 = 2^40 + 0x1b3. */
  addByte(byte: number): void {
    const a = this.a ^ byte;
    const low = a * 0x1b3;
    const second = this.b * 0x1b3 + (low >>> 16);
    const third = this.c * 0x1b3 + ((a << 8) & 0xffff) + (second >>> 16);
    const fourth = this.d * 0x1b3 + ((this.b << 8) & 0xffff) + (a >>> 8) + (third >>> 16);
    this.a = low & 0xffff;
    this.b = second & 0xffff;
    this.c = third & 0xffff;
    this.d = fourth & 0xffff;
  }

  hex(): string {
    return [this.d, this.c, this.b, this.a].map((limb) => limb.toString(16).padStart(4, '0')).join('');
  }
}
