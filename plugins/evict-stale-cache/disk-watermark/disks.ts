import { statfs } from 'node:fs/promises';
import { Agent } from 'undici';
import { queryNow } from '../../clients/instant-query.js';
import { PluginError, type PluginLog } from '../../../src/plugin-sdk/index.js';
import type { DiskWatermarkConfig } from './config.js';
import { usedShare } from './levels.js';

/** What a disk has and what is left of it, in blocks. */
export interface Space {
  readonly bavail: number;
  readonly blocks: number;
}

/** The disks that may be looked at, by name. */
export class Disks {
  private readonly agent = new Agent();
  private readonly looks = new Map<string, Promise<number>>();
  private readonly stuck = new Set<string>();

  /**
   * @param config which disks there are; when left out every question fails
   * @param stat asks the operating system about a folder; tests put a slow one in its place
   */
  constructor(
    private readonly config: DiskWatermarkConfig | undefined,
    private readonly stat: (path: string) => Promise<Space> = statfs,
  ) {}

  /**
   * Says how much of a disk is in use, as a share; undefined when nobody knows. Repeatable.
   *
   * @param signal breaks it off
   * @param log takes Prometheus' remarks
   * @throws PluginError when there is no disk of that name, or it can't be looked at
   */
  async used(name: string, signal: AbortSignal, log: PluginLog): Promise<number | undefined> {
    const { config } = this;
    const disk = config?.disks[name];
    if (config === undefined || disk === undefined) {
      const known = Object.keys(config?.disks ?? {}).join(', ') || 'none';
      throw new PluginError('unknown-disk', `no disk ${name} under diskWatermark; configured: ${known}`, false);
    }
    if ('labels' in disk) return this.usedByLabels(config, disk.labels, signal, log);
    if (signal.aborted) throw brokenOff(name);
    if (this.stuck.has(name))
      throw new PluginError('timed-out', `disk ${name} has not even answered an earlier look: is its drive gone?`);
    return this.within(config.timeout, signal, name, this.usedAt(name, disk.path));
  }

  /** Breaks off whatever is under way. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  /** The fullest one counts, where the labels fit several. */
  private async usedByLabels(
    { prometheus: url, token, timeout }: DiskWatermarkConfig,
    labels: Readonly<Record<string, string>>,
    signal: AbortSignal,
    log: PluginLog,
  ): Promise<number | undefined> {
    if (url === undefined) throw new PluginError('not-configured', 'diskWatermark.prometheus is not configured', false);
    const query = queryFor(labels);
    const { samples, warnings } = await queryNow({ agent: this.agent, url, token, timeout }, query, signal);
    if (warnings.length > 0) log.warn('Prometheus has remarks on a query', { query, warnings });
    const shares = samples.map(({ value }) => checked(value, 1));
    return shares.length === 0 ? undefined : Math.max(...shares);
  }

  /** A disk that hangs holds one thread of the process, not one more with each question. */
  private usedAt(name: string, path: string): Promise<number> {
    const under = this.looks.get(name);
    if (under !== undefined) return under;
    const look = this.stat(path)
      .then(({ bavail, blocks }) => checked(bavail, blocks))
      .catch((error: unknown) => {
        throw error instanceof PluginError ? error : unreadable(name, error);
      })
      .finally(() => {
        this.looks.delete(name);
        this.stuck.delete(name);
      });
    this.looks.set(name, look);
    return look;
  }

  /** A disk that does not answer, such as a network drive that is gone, can't be broken off; only not waited for. */
  private within(timeoutMs: number, signal: AbortSignal, name: string, look: Promise<number>): Promise<number> {
    return new Promise((resolve, reject) => {
      const aborted = () => reject(brokenOff(name));
      const late = () => {
        this.stuck.add(name);
        reject(new PluginError('timed-out', `disk ${name} did not answer within ${timeoutMs} ms`));
      };
      const timer = setTimeout(late, timeoutMs);
      signal.addEventListener('abort', aborted, { once: true });
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
      };
      look.then(resolve, reject).finally(done);
    });
  }
}

/** Asks for what is left as a share of each disk that has these labels. */
function queryFor(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  const selector = `{${pairs.join(',')}}`;
  return `node_filesystem_avail_bytes${selector} / node_filesystem_size_bytes${selector}`;
}

function checked(available: number, size: number): number {
  if (size > 0 && available >= 0 && available <= size) return usedShare(available, size);
  throw new PluginError(
    'not-understood',
    `a disk with ${available} of ${size} left is none: look at it by hand`,
    false,
  );
}

function brokenOff(name: string): PluginError {
  return new PluginError('aborted', `disk ${name} was not waited for: the call was broken off`);
}

function unreadable(name: string, error: unknown): PluginError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return new PluginError('target-unreachable', `disk ${name} can't be looked at: ${code}`);
}
