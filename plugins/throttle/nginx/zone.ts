import { setTimeout as pause } from 'node:timers/promises';
import type { Agent } from 'undici';
import { exchange } from '../../clients/http.js';
import { WholeFile } from '../../clients/whole-file.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { LimitCall } from '../limit.js';
import type { NginxLimit, NginxSection } from './config.js';
import { reload, testFiles } from './programs.js';
import { rateIn, textOf } from './text.js';

const ASK_EVERY_MS = 20;
/** nginx starts its new workers, and 100 ms later tells the old ones to take no more: until then both answer. */
const BOTH_ANSWER_MS = 150;

/** One zone of nginx: what its file says, and what nginx goes by. */
export class NginxZone {
  private readonly file: WholeFile<{ readonly rate: number }>;

  constructor(
    private readonly limit: NginxLimit,
    private readonly nginx: Pick<NginxSection, 'test' | 'reload' | 'timeout' | 'takes'>,
    private readonly agent: Agent,
  ) {
    this.file = new WholeFile(limit.file, { maxKiB: 4, parse: (text) => ({ rate: rateIn(limit, text) }) });
  }

  /** Reads the rate in the file. Repeatable; throws PluginError. */
  async read(signal: AbortSignal): Promise<number> {
    return (await this.file.read(signal)).rate;
  }

  /** Puts another rate into the file, unless somebody else has changed it. nginx does not know of it yet. Throws PluginError. */
  async write(from: number, to: number, call: LimitCall): Promise<void> {
    await this.file.replace(textOf(this.limit, to), { text: textOf(this.limit, from) }, call);
  }

  /** Asks nginx which rate it goes by. Repeatable; throws PluginError. */
  async inForce(signal: AbortSignal): Promise<number> {
    const { ask, zone } = this.limit;
    const asked = {
      name: 'nginx',
      method: 'GET',
      url: ask,
      // Each time by a connection of its own: old workers keep those that they have.
      headers: { connection: 'close' },
      timeoutMs: this.nginx.timeout,
    } as const;
    const { status, text } = await exchange(this.agent, asked, signal);
    if (status === 200 && /^[1-9][0-9]{0,9}\s*$/.test(text)) return Number(text);
    const detail = `nginx does not say the limit of zone ${zone}: it answered ${status}; its location needs return 200 $firebreak_${zone}`;
    throw new PluginError('not-understood', detail, false);
  }

  /**
   * Makes nginx go by what the file says, and waits until it does. Where it refuses, the file is put back to what nginx
   * goes by.
   *
   * @param to what the file says
   * @param call its fence is awaited right before nginx is told
   * @throws PluginError `refused-by-target` with nginx's own words, `did-not-take`, and others
   */
  async enforce(to: number, call: LimitCall): Promise<void> {
    const old = await this.inForce(call.signal);
    if (old === to) return;
    try {
      await testFiles(this.nginx, call.signal);
    } catch (error) {
      throw await this.putBack(to, old, call, error);
    }
    await call.fence();
    try {
      await reload(this.nginx, call.signal);
      await this.waitFor(to, call.signal);
    } catch (error) {
      const told = await this.putBack(to, old, call, error);
      // Told again, so that it does not take the new one late.
      await reload(this.nginx, call.signal).catch(() => {});
      throw told;
    }
  }

  private async waitFor(to: number, signal: AbortSignal): Promise<void> {
    const start = performance.now();
    let since: number | undefined;
    while (since === undefined || performance.now() - since < BOTH_ANSWER_MS) {
      const isRight = (await this.inForce(signal)) === to;
      const now = performance.now();
      since = isRight ? (since ?? now) : undefined;
      if (!isRight && now - start > this.nginx.takes)
        throw new PluginError(
          'did-not-take',
          `nginx was told to read its files again, and does not go by ${to} r/s ${this.nginx.takes} ms later: see its error log`,
          false,
        );
      await pause(ASK_EVERY_MS, undefined, { signal });
    }
  }

  /** Gives the error to throw: what went wrong, and what is in the file now. */
  private async putBack(to: number, old: number, call: LimitCall, error: unknown): Promise<unknown> {
    if (!(error instanceof PluginError) || call.signal.aborted) return error;
    try {
      await this.write(to, old, call);
    } catch {
      return new PluginError(
        error.code,
        `${error.message}; the file still says ${to} r/s, which nginx may take at its next reload`,
        error.again,
      );
    }
    return new PluginError(error.code, `${error.message}; the file says ${old} r/s again`, error.again);
  }
}
