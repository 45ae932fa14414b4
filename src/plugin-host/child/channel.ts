import type { Socket } from 'node:net';
import { frameOf, FrameReader, MOST_VALUES, valuesIn } from './frames.js';

/** So much may wait to be read by the other side before nothing more is sent to it. */
const MOST_WAITING = 2 * 4 * 1024 * 1024;

/** How much the other side may say in one piece of time before it has to wait, and what counts how much. */
export interface Pace {
  readonly budget: number;
  readonly everyMs: number;
  /** Each byte counts one; what else takes time to read counts as so many. */
  readonly perPiece: number;
  readonly perFrame: number;
  readonly perValue: number;
}

/** Who listens to a channel. */
export interface Listener {
  /** One whole message, as text. */
  hear(text: string): void;
  /** The other side sent what can't be read. */
  broken(detail: string): void;
  /** The other side is gone. */
  closed(): void;
}

/** Messages over a socket, in frames of limited length and, if a pace is given, only so many at a time. */
export class Channel {
  private readonly reader = new FrameReader();
  private spent = 0;
  private waiting = false;
  private open = true;

  /**
   * @param socket to the other side
   * @param listener gets the messages
   * @param pace how much is taken in at a time; without it, all
   */
  constructor(
    private readonly socket: Socket,
    private readonly listener: Listener,
    private readonly pace?: Pace,
  ) {
    socket.on('data', (piece: Buffer) => {
      this.reader.push(piece);
      this.spend(this.pace?.perPiece ?? 0);
      this.deliver();
    });
    // what an error says is said again by the end of the process
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.open = false;
      listener.closed();
    });
  }

  /** Sends a message; false when it is too long, the other side is gone, or does not read. */
  send(message: object): boolean {
    if (!this.open || this.socket.writableLength > MOST_WAITING) return false;
    const frame = frameOf(message);
    if (frame === undefined) return false;
    this.socket.write(frame);
    return true;
  }

  /** Hears nothing more. */
  close(): void {
    this.open = false;
    this.socket.destroy();
  }

  private deliver(): void {
    while (this.open && !this.socket.isPaused()) {
      const frame = this.reader.next();
      if (frame === undefined) return;
      if (frame === null) return this.refuse('a message is longer than allowed');
      if (!this.canAfford(frame)) return this.refuse(`a message has more than ${MOST_VALUES} values`);
      this.listener.hear(frame);
    }
  }

  private refuse(detail: string): void {
    this.open = false;
    this.listener.broken(detail);
  }

  private canAfford(frame: string): boolean {
    if (this.pace === undefined) return true;
    const { perFrame, perValue } = this.pace;
    const values = valuesIn(frame);
    this.spend(perFrame + frame.length + perValue * values);
    return values <= MOST_VALUES;
  }

  /** The rest waits in the pipe, and whoever fills it waits too. */
  private spend(cost: number): void {
    if (this.pace === undefined) return;
    this.spent += cost;
    if (this.spent >= this.pace.budget) this.socket.pause();
    if (!this.waiting) this.wait(this.pace);
  }

  private wait(pace: Pace): void {
    this.waiting = true;
    setTimeout(() => {
      this.waiting = false;
      this.spent = Math.max(0, this.spent - pace.budget);
      if (!this.open) return;
      if (this.spent > 0) this.wait(pace);
      if (this.spent >= pace.budget || !this.socket.isPaused()) return;
      this.socket.resume();
      this.deliver();
    }, pace.everyMs).unref();
  }
}
