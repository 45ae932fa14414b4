import type { Readable } from 'node:stream';

/** Whoever prints more than this is stopped: reading it would keep the service from its own work. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The first bytes of what a program prints; the rest is read and forgotten. */
export class KeptOutput {
  /** Whether more came than was kept. */
  isCut = false;
  private readonly chunks: Buffer[] = [];
  private kept = 0;
  private seen = 0;

  /**
   * @param keepBytes how much is kept
   * @param tooMuch called when more than 16 MiB have come
   */
  constructor(stream: Readable | null, keepBytes: number, tooMuch: () => void) {
    stream?.on('data', (chunk: Buffer) => {
      this.seen += chunk.byteLength;
      if (this.seen > MOST_BYTES) tooMuch();
      const part = chunk.subarray(0, keepBytes - this.kept);
      if (part.byteLength < chunk.byteLength) this.isCut = true;
      if (part.byteLength === 0) return;
      this.kept += part.byteLength;
      this.chunks.push(Buffer.from(part));
    });
    stream?.on('error', () => {});
  }

  /** What was kept, read as UTF-8; a character that was cut in two is left out. */
  text(): string {
    return new TextDecoder().decode(Buffer.concat(this.chunks)).replace(/\uFFFD+$/, '');
  }
}
