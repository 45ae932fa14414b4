import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { PluginError, type EffectCall } from '../../src/plugin-sdk/index.js';
import { WholeFile } from '../clients/whole-file.js';

/** A lamp shines or it does not. */
export const lampState = z.enum(['on', 'off']);

/** How a lamp is. */
export type LampState = z.output<typeof lampState>;

const NOBODY_HAS_SWITCHED = '{}';
/** So many lamps are remembered. */
const MOST = 100;

const lampsSchema = z.record(z.string(), lampState);

interface Lamps {
  readonly lamps: { readonly [name: string]: LampState };
}

/** The lamps: a small file, and nothing else. A lamp that nobody has switched yet is off. */
export class LampFile {
  private readonly path: string;
  private readonly file: WholeFile<Lamps>;
  /** The last change: two of this process never look and write in turns. */
  private last: Promise<unknown> = Promise.resolve();

  /** @param path of the file; it and its folder are made with the first change */
  constructor(path: string) {
    this.path = resolve(path);
    this.file = new WholeFile(this.path, { maxKiB: 64, parse: (text) => ({ lamps: parseLamps(text, this.path) }) });
  }

  /** Tells how a lamp is. Repeatable; throws PluginError when the file cannot be read. */
  async state(lamp: string, signal: AbortSignal): Promise<LampState> {
    return stateIn((await this.read(signal)).lamps, lamp);
  }

  /**
   * Switches a lamp, if it is as it was seen.
   *
   * @throws PluginError `changed-meanwhile` when somebody else has switched it, and when the file cannot be written
   */
  async turn(
    lamp: string,
    { from, to }: { readonly from: LampState; readonly to: LampState },
    call: Pick<EffectCall<unknown, unknown>, 'fence' | 'key' | 'signal'>,
  ): Promise<void> {
    const done = this.last.then(() => this.change(lamp, { from, to }, call));
    this.last = done.catch(() => undefined);
    return done;
  }

  private async change(
    lamp: string,
    { from, to }: { readonly from: LampState; readonly to: LampState },
    call: Pick<EffectCall<unknown, unknown>, 'fence' | 'key' | 'signal'>,
  ): Promise<void> {
    const seen = await this.read(call.signal);
    const now = stateIn(seen.lamps, lamp);
    if (now === to) return;
    if (now !== from) throw new PluginError('changed-meanwhile', `${lamp} is ${now}: somebody else switched it`, false);
    const lamps = { ...seen.lamps, [lamp]: to };
    if (Object.keys(lamps).length > MOST)
      throw new PluginError('too-many-lamps', `there are ${MOST} lamps already: delete ${this.path}`, false);
    if (seen.text === undefined) await this.make();
    await this.file.replace(`${JSON.stringify(lamps)}\n`, { text: seen.text ?? NOBODY_HAS_SWITCHED }, call);
  }

  private async read(signal: AbortSignal): Promise<Lamps & { readonly text?: string }> {
    try {
      return await this.file.read(signal);
    } catch (error) {
      if (error instanceof PluginError && error.code === 'target-unreachable') return { lamps: {} };
      throw error;
    }
  }

  /** An empty file is no change: all lamps are off with it as without it. */
  private async make(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    await writeFile(this.path, NOBODY_HAS_SWITCHED, { flag: 'a' });
  }
}

function stateIn(lamps: Lamps['lamps'], lamp: string): LampState {
  return Object.hasOwn(lamps, lamp) ? (lamps[lamp] ?? 'off') : 'off';
}

function parseLamps(text: string, path: string): Lamps['lamps'] {
  try {
    return lampsSchema.parse(JSON.parse(text));
  } catch {
    throw new PluginError('not-understood', `${path} holds no lamps: delete it`, false);
  }
}
