import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PluginError, type EffectCall } from '../../src/plugin-sdk/index.js';
import { syncFolder, writeBeside } from './file-beside.js';

// A pipe in its place would be waited for without end, and a symlink could lead anywhere.
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const MISSING_RIGHT = /^(EACCES|EPERM|EROFS)$/;

/** A file as it was read. */
export interface FileText {
  readonly text: string;
  /** When it was put in place, in milliseconds since the epoch. */
  readonly since: number;
}

/** What a whole file is read and accepted by. */
export interface WholeFileRules<Content> {
  /** The most that is read; larger files are refused. */
  readonly maxKiB: number;
  /** Reads a text; throws PluginError. */
  parse(text: string): Content;
  /** Throws when a new file, whose path it is given, must not take the old one's place. */
  accept?(candidate: string, signal: AbortSignal): Promise<void>;
}

/** One file that another program reads: read as a whole, and replaced as a whole. */
export class WholeFile<Content extends object> {
  /** @param path absolute */
  constructor(
    readonly path: string,
    private readonly rules: WholeFileRules<Content>,
  ) {}

  /** Reads it. Repeatable; throws PluginError `not-a-file`, `target-unreachable`, `refused-by-target`, `not-understood`. */
  async read(signal: AbortSignal): Promise<Content & FileText> {
    const { text, since } = await this.load(signal);
    return { ...this.rules.parse(text), text, since };
  }

  /**
   * Puts a new text in its place, all at once: readers see the old file or the new one. Owner and permissions stay.
   *
   * @param call its fence is awaited right before the old file is replaced
   * @param seen what the new text was made of: if that is no longer there, nothing is written
   * @throws PluginError also `changed-meanwhile`, and what `accept` throws
   */
  async replace(
    text: string,
    seen: Pick<FileText, 'text'>,
    call: Pick<EffectCall<unknown, unknown>, 'fence' | 'key' | 'signal'>,
  ): Promise<void> {
    // One name for all attempts at a step, so that what a killed process left is not left for ever.
    const mark = createHash('sha256').update(call.key).digest('hex').slice(0, 16);
    const candidate = join(dirname(this.path), `.firebreak-${mark}-${basename(this.path)}`);
    try {
      await writeBeside(candidate, text, (await this.load(call.signal)).stats, call.signal);
      await this.rules.accept?.(candidate, call.signal);
      await call.fence();
      // As near to the write as can be: files have no compare-and-set.
      if ((await this.load(call.signal)).text !== seen.text) throw changedMeanwhile(this.path);
      await rename(candidate, this.path);
      await syncFolder(dirname(this.path));
    } catch (error) {
      throw explained(error, this.path, call.signal);
    } finally {
      await rm(candidate, { force: true });
    }
  }

  private async load(signal: AbortSignal): Promise<{ text: string; since: number; stats: Stats }> {
    let handle: FileHandle | undefined;
    try {
      signal.throwIfAborted();
      handle = await open(this.path, READ);
      const stats = await handle.stat();
      if (!stats.isFile()) throw new PluginError('not-a-file', `${this.path} is no plain file`, false);
      const most = this.rules.maxKiB;
      const bytes = stats.size > most * 1024 ? undefined : await handle.readFile({ signal });
      if (bytes === undefined || bytes.byteLength > most * 1024)
        throw new PluginError(
          'not-understood',
          `${this.path} is larger than ${most} KiB, the most that is read`,
          false,
        );
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      return { text, since: stats.ctimeMs, stats };
    } catch (error) {
      throw explained(error, this.path, signal);
    } finally {
      await handle?.close();
    }
  }
}

function changedMeanwhile(path: string): PluginError {
  return new PluginError('changed-meanwhile', `${path} was changed by somebody else while it was being written`, false);
}

function explained(error: unknown, path: string, signal: AbortSignal): unknown {
  if (error instanceof PluginError) return error;
  if (signal.aborted) return new PluginError('aborted', `${path} was not waited for: the call was broken off`);
  if (error instanceof TypeError) return new PluginError('not-understood', `${path} is no UTF-8 text`, false);
  // What the fence throws has no code of the file system, and passes as it is.
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  if (error.code === 'ELOOP')
    return new PluginError('not-a-file', `${path} is a symlink, which is not followed`, false);
  if (error.code === 'ENOENT') return new PluginError('target-unreachable', `${path} is not there`);
  const advice = MISSING_RIGHT.test(error.code)
    ? ': Firebreak must be able to read it and to write into its folder'
    : '';
  return new PluginError('refused-by-target', `${path} can't be read or replaced (${error.code})${advice}`, false);
}
