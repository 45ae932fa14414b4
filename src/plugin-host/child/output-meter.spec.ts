import { describe, expect, it } from 'vitest';
import { OUTPUT, OutputMeter } from './output-meter.js';

const text = (all: string) => Buffer.from(all);

describe('what a child prints', () => {
  it('becomes lines, however it is cut into pieces', () => {
    const meter = new OutputMeter();
    const lines = 'one\ntwo\n\nthree\n'.split('').flatMap((letter) => meter.hear(text(letter), 0).lines);
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('S16: has lines of limited length', () => {
    const { lines } = new OutputMeter().hear(text(`${'four '.repeat(1_000)}\nshort\n`), 0);
    expect(lines.map((line) => line.length)).toEqual([OUTPUT.lineBytes - 3, 5]);
  });

  it('S18: is cut at the end of a word, so that no half secret is left, which nobody would mask', () => {
    const { lines } = new OutputMeter().hear(text(`token ${'s'.repeat(2_000)}\n${'s'.repeat(2_000)}\n`), 0);
    expect(lines).toEqual(['token...', '...']);
  });

  it('S16: has only so many lines a minute, and says how much was not kept', () => {
    const meter = new OutputMeter();
    const { lines } = meter.hear(text('a line\n'.repeat(OUTPUT.linesPerMinute + 50)), 0);
    expect(lines).toHaveLength(OUTPUT.linesPerMinute);
    expect(meter.hear(text('more\n'), 59_000).lines).toEqual([]);
    expect(meter.hear(text('again\n'), 60_000).lines).toEqual(['(355 bytes of output were not kept)', 'again']);
  });

  it('S16: is read only so fast, and too much of it is told', () => {
    const meter = new OutputMeter();
    const piece = Buffer.alloc(64 * 1024, 'x');
    const heard = Array.from({ length: 513 }, () => meter.hear(piece, 0));
    expect(heard.filter(({ pause }) => pause)).toHaveLength(64);
    expect(heard.findIndex(({ tooMuch }) => tooMuch)).toBe(512);
    expect(meter.hear(piece, 60_000).tooMuch).toBe(false);
  });
});
