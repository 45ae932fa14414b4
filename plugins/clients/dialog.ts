import { connect, type Socket } from 'node:net';
import { PluginError } from '../../src/plugin-sdk/index.js';
import { socketAddress } from './socket-address.js';

/** Where a server is, what errors call it, and how long one command may take, in milliseconds. */
export interface DialogServer {
  readonly name: string;
  /** `host:port` or the path of a unix socket. */
  readonly address: string;
  readonly timeoutMs: number;
}

/** What a command waits for: a whole answer made of the bytes so far, or undefined while there is more to come. */
export type Reading<T> = (bytes: Buffer) => T | undefined;

const MAX_ANSWER = 1024 * 1024;

/** One connection to a server that is spoken to in commands and answers, one after the other. */
export class Dialog {
  private bytes = Buffer.alloc(0);
  private failure: PluginError | undefined;
  private changed: (() => void) | undefined;

  private constructor(
    private readonly server: DialogServer,
    private readonly socket: Socket,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', this.abort, { once: true });
    socket.on('data', (piece: Buffer) => {
      this.bytes = Buffer.concat([this.bytes, piece]);
      if (this.bytes.length > MAX_ANSWER)
        this.fail(new PluginError('cut-off', `${this.server.name} answers without end`));
      this.changed?.();
    });
    socket.on('error', (error) => this.fail(unreachable(server, error)));
    socket.on('close', () => this.fail(new PluginError('cut-off', `${server.name} closed the connection`)));
  }

  /**
   * Opens a connection; nothing is sent yet, and a server that is not there shows at the first command.
   *
   * @throws PluginError `aborted` or `bad-endpoint`
   */
  static open(server: DialogServer, signal: AbortSignal): Dialog {
    const address = socketAddress(server.address);
    if (address === undefined)
      throw new PluginError('bad-endpoint', `${server.address} is no host:port or socket path`, false);
    if (signal.aborted) throw brokenOff(server);
    return new Dialog(server, connect(address), signal);
  }

  /**
   * Sends a command and waits for its answer. Whether a write took is unknown after an error.
   *
   * @param command with its line ends; empty for a server that speaks first
   * @param read makes an answer of what came back
   * @throws PluginError `target-unreachable`, `timed-out`, `cut-off` or `aborted`
   */
  async ask<T>(command: string | Buffer, read: Reading<T>): Promise<T> {
    this.assertOpen();
    const late = () =>
      this.fail(new PluginError('timed-out', `${this.server.name} did not answer within ${this.server.timeoutMs} ms`));
    const timer = setTimeout(late, this.server.timeoutMs);
    if (command.length > 0) this.socket.write(command);
    try {
      for (;;) {
        const answer = read(this.bytes);
        if (answer !== undefined) {
          this.bytes = Buffer.alloc(0);
          return answer;
        }
        this.assertOpen();
        await new Promise<void>((resolve) => (this.changed = resolve));
      }
    } finally {
      clearTimeout(timer);
      this.changed = undefined;
    }
  }

  /** Lets go of it; what was not answered is not waited for. */
  close(): void {
    this.signal.removeEventListener('abort', this.abort);
    this.socket.destroy();
  }

  private assertOpen(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private readonly abort = () => this.fail(brokenOff(this.server));

  /** What failed first is the cause of the rest. */
  private fail(error: PluginError): void {
    this.failure ??= error;
    this.socket.destroy();
    this.changed?.();
  }
}

function brokenOff({ name }: DialogServer): PluginError {
  return new PluginError('aborted', `${name} was not waited for: the call was broken off`);
}

function unreachable({ name }: DialogServer, error: Error): PluginError {
  const reason = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return new PluginError('target-unreachable', `${name} can't be reached: ${reason}`);
}
