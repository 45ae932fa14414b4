import { cut } from './cut.js';

/** What a child may print. */
export const OUTPUT = {
  /** Longer lines are cut. */
  lineBytes: 1_000,
  /** More lines than that in a minute are not kept. */
  linesPerMinute: 100,
  /** So much is read at once, and then nothing for a while: whoever prints more has to wait. */
  bytesPerPause: 512 * 1024,
  /** Reading a piece takes time however small it is: each counts as so many bytes more. */
  bytesPerPiece: 8 * 1024,
  pauseMs: 50,
  /** A child that prints more than that in a minute is broken. */
  bytesPerMinute: 32 * 1024 * 1024,
} as const;
const MINUTE_MS = 60_000;

/** What is to be done after a piece of output. */
export interface Metered {
  readonly lines: readonly string[];
  /** Read nothing for a while. */
  readonly pause: boolean;
  /** It is more than a child may print. */
  readonly tooMuch: boolean;
}

/** Makes lines of what a child prints, and never keeps more than one of them. */
export class OutputMeter {
  private line = '';
  private cutting = false;
  private since = Number.NEGATIVE_INFINITY;
  private lines = 0;
  private bytes = 0;
  private unpaused = 0;
  private dropped = 0;

  /**
   * Takes a piece of output.
   *
   * @param piece as it was read
   * @param now in milliseconds, of any clock that does not jump
   */
  hear(piece: Buffer, now: number): Metered {
    const kept: string[] = [];
    if (now - this.since >= MINUTE_MS) {
      if (this.dropped > 0) kept.push(`(${this.dropped} bytes of output were not kept)`);
      [this.since, this.lines, this.bytes, this.dropped] = [now, 0, 0, 0];
    }
    this.bytes += piece.length;
    this.unpaused += piece.length + OUTPUT.bytesPerPiece;
    this.split(piece, kept);
    const pause = this.unpaused >= OUTPUT.bytesPerPause;
    if (pause) this.unpaused = 0;
    return { lines: kept, pause, tooMuch: this.bytes > OUTPUT.bytesPerMinute };
  }

  private split(piece: Buffer, kept: string[]): void {
    let start = 0;
    while (start < piece.length && this.lines < OUTPUT.linesPerMinute) {
      const end = piece.indexOf(10, start);
      const stop = end === -1 ? piece.length : end;
      this.grow(piece, start, stop);
      if (end !== -1) this.finish(kept);
      start = stop + 1;
    }
    if (this.lines < OUTPUT.linesPerMinute) return;
    this.dropped += Math.max(0, piece.length - start);
    [this.line, this.cutting] = ['', false];
  }

  private grow(piece: Buffer, start: number, stop: number): void {
    const room = OUTPUT.lineBytes - this.line.length;
    this.line += piece.toString('utf8', start, Math.min(stop, start + room));
    if (stop - start <= room) return;
    this.dropped += stop - start - room;
    this.cutting = true;
  }

  private finish(kept: string[]): void {
    if (this.line.trim() !== '') {
      kept.push(this.cutting ? cut(`${this.line}.`, this.line.length) : this.line);
      this.lines += 1;
    }
    [this.line, this.cutting] = ['', false];
  }
}
