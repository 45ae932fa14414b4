import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { access, open, realpath, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { PluginError, type EffectCall } from '../../../src/plugin-sdk/index.js';
import { syncFolder, writeBeside } from '../../clients/file-beside.js';
import { explained, refuseMounted } from './file-errors.js';
import { parse, type Format, type Read } from './text.js';

// Reading YAML takes microseconds for each byte, in which nothing else is done.
const MAX_KIB: Readonly<Record<Format, number>> = { json: 1024, yaml: 128 };
// A pipe in its place would be waited for without end; links were followed before.
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** One flag file: read as a whole, and replaced as a whole. */
export class FlagFile {
  readonly format: Format;
  /** The last replacement: two of this process never look and write in turns. */
  private last: Promise<unknown> = Promise.resolve();

  /** @param path absolute; it may be a link to the file */
  constructor(readonly path: string) {
    this.format = extname(path) === '.json' ? 'json' : 'yaml';
  }

  /** Reads it. Repeatable; throws PluginError `not-a-file`, `target-unreachable`, `refused-by-target`, `not-understood`. */
  async read(signal: AbortSignal): Promise<Read> {
    const { text } = await this.explaining(signal, async () => this.load(await realpath(this.path), signal));
    return { text, definitions: parse(text, this.format) };
  }

  /**
   * Makes sure that a new file could be put in its place.
   *
   * @throws PluginError `refused-by-target`
   */
  async assertReplaceable(signal: AbortSignal): Promise<void> {
    await this.explaining(signal, async () => {
      const real = await realpath(this.path);
      refuseMounted(this.path, real);
      await access(dirname(real), constants.W_OK);
    });
  }

  /**
   * Puts a new text in its place, all at once: readers see the old file or the new one. Owner and permissions stay.
   *
   * @param call its fence is awaited right before the old file is replaced
   * @param seen what the new text was made of
   * @returns false when that is no longer there; nothing is written then
   */
  async replace(
    text: string,
    seen: Read,
    call: Pick<EffectCall<unknown, unknown>, 'fence' | 'key' | 'signal'>,
  ): Promise<boolean> {
    return this.explaining(call.signal, async () => {
      const real = await realpath(this.path);
      refuseMounted(this.path, real);
      // One name for all attempts at a step, so that what a killed process left is not left for ever.
      const mark = createHash('sha256').update(`${this.path}\n${call.key}`).digest('hex').slice(0, 16);
      const candidate = join(dirname(real), `.firebreak-${mark}-${basename(real)}`);
      try {
        await writeBeside(candidate, text, (await this.load(real, call.signal)).stats, call.signal);
        await call.fence();
        return await this.alone(() => this.swap(real, candidate, seen, call.signal));
      } finally {
        await rm(candidate, { force: true });
      }
    });
  }

  /** As near to the write as can be: files have no compare-and-set. */
  private async swap(real: string, candidate: string, seen: Read, signal: AbortSignal): Promise<boolean> {
    if ((await this.load(real, signal)).text !== seen.text) return false;
    signal.throwIfAborted();
    await rename(candidate, real);
    await syncFolder(dirname(real));
    return true;
  }

  private alone<T>(what: () => Promise<T>): Promise<T> {
    const done = this.last.then(what);
    this.last = done.catch(() => {});
    return done;
  }

  private async load(real: string, signal: AbortSignal): Promise<{ text: string; stats: Stats }> {
    let handle: FileHandle | undefined;
    try {
      signal.throwIfAborted();
      handle = await open(real, READ);
      const stats = await handle.stat();
      if (!stats.isFile()) throw new PluginError('not-a-file', `${this.path} is no plain file`, false);
      const most = MAX_KIB[this.format];
      const bytes = stats.size > most * 1024 ? undefined : await handle.readFile({ signal });
      if (bytes === undefined || bytes.byteLength > most * 1024)
        throw new PluginError(
          'not-understood',
          `${this.path} is larger than ${most} KiB, the most for ${this.format}`,
          false,
        );
      return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), stats };
    } finally {
      await handle?.close();
    }
  }

  private async explaining<T>(signal: AbortSignal, what: () => Promise<T>): Promise<T> {
    try {
      return await what();
    } catch (error) {
      throw explained(error, this.path, signal);
    }
  }
}
