const MAX_NAME = 255;
const MAX_LABEL = 63;
const POINTER = 0xc0;
/** What stands in a name as it is; everything else is written as \DDD, so that two names never look the same. */
const PLAIN = /[a-z0-9_*-]/;

/**
 * Gives a name as it goes over the wire: lower case, not compressed.
 *
 * @param text without a dot at its end; empty for the root; odd bytes as \DDD
 * @throws RangeError when it is too long or has an empty label
 */
export function wireOf(text: string): Buffer {
  const labels = text === '' ? [] : text.toLowerCase().split('.').map(bytesOf);
  if (labels.some((label) => label.length === 0 || label.length > MAX_LABEL)) {
    throw new RangeError('a label of a name has 1 to 63 bytes');
  }
  const wire = Buffer.concat([
    ...labels.flatMap((label) => [Buffer.of(label.length), label]),
    Buffer.of(0), // the root
  ]);
  if (wire.length > MAX_NAME) throw new RangeError('a name has at most 255 bytes');
  return wire;
}

/**
 * Reads a name that may be compressed.
 *
 * @param message the whole message, because a name may point back into it
 * @param at where the name begins
 * @returns its text, as `wireOf` takes it, and where the next field begins
 * @throws RangeError when it is none: cut off, too long, or going in a circle
 */
export function readName(message: Buffer, at: number): { readonly text: string; readonly next: number } {
  const labels: string[] = [];
  let next: number | undefined;
  let position = at;
  let length = 1;
  for (;;) {
    const size = message.readUInt8(position);
    if (size === 0) return { text: labels.join('.'), next: next ?? position + 1 };
    if ((size & POINTER) === POINTER) {
      const target = message.readUInt16BE(position) & 0x3fff;
      // Only backwards: that ends.
      if (target >= position) throw new RangeError('a name points forward');
      next ??= position + 2;
      position = target;
      continue;
    }
    if ((size & POINTER) !== 0) throw new RangeError('a name has a label of an unknown kind');
    const end = position + 1 + size;
    length += 1 + size;
    if (end > message.length || length > MAX_NAME) throw new RangeError('a name is cut off or too long');
    labels.push(textOf(message.subarray(position + 1, end)));
    position = end;
  }
}

function textOf(label: Buffer): string {
  const say = (byte: number) => {
    const character = String.fromCharCode(byte).toLowerCase();
    return PLAIN.test(character) ? character : `\\${String(byte).padStart(3, '0')}`;
  };
  return Array.from(label, say).join('');
}

function bytesOf(label: string): Buffer {
  return Buffer.from(
    label.replaceAll(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number(digits))),
    'latin1',
  );
}
