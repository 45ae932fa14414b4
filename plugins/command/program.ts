import { oneLine } from '../clients/one-line.js';
import { runProgram, type Ended } from '../clients/run-program.js';
import { assertTrusted } from '../clients/trusted-program.js';
import { PluginError } from '../../src/plugin-sdk/index.js';
import type { CommandSettings } from './config.js';
import { partOf } from './holes.js';

/** What a program says when it should be asked again later: EX_TEMPFAIL of sysexits.h. */
const TRY_AGAIN = 75;

/** One of the programs of a command. */
export type Part = 'dryRun' | 'run' | 'verify' | 'check' | 'state' | 'revert';

/** The programs of one command, with the holes filled. */
export class Programs {
  /**
   * @param name of the command, for errors
   * @param values what stands in the holes
   */
  constructor(
    readonly name: string,
    private readonly settings: CommandSettings,
    private readonly values: Readonly<Record<string, string>>,
  ) {}

  /**
   * Makes sure that a program may be run at all.
   *
   * @throws PluginError `untrusted-program`
   */
  async assertTrusted(part: Part): Promise<void> {
    await assertTrusted(this.settings[part]?.[0] ?? '');
  }

  /**
   * Runs one program.
   *
   * @param codes the exit codes that are answers; any other one is an error
   * @param env what it is told besides what is configured
   * @throws PluginError `try-again`, `command-failed`, and what `runProgram` throws
   */
  async run(
    part: Part,
    codes: readonly number[],
    signal: AbortSignal,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    await this.assertTrusted(part);
    return this.runTrusted(part, codes, signal, env);
  }

  /** The same for a program that was looked at a moment ago: nothing slow stands before its start. */
  async runTrusted(
    part: Part,
    codes: readonly number[],
    signal: AbortSignal,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const { timeout: timeoutMs, output: keepBytes, cwd, env: plain, secretEnv } = this.settings;
    const name = `${this.name} ${part}`;
    const ended = await runProgram(
      { name, argv: this.argv(part), timeoutMs, keepBytes, cwd, env: { ...plain, ...secretEnv, ...env } },
      signal,
    );
    if (codes.includes(ended.code)) return ended;
    const last = (ended.stderr.trim() || ended.stdout.trim()).split('\n').at(-1) ?? '';
    const said = last === '' ? 'it said nothing' : oneLine(last);
    if (ended.code === TRY_AGAIN) throw new PluginError('try-again', `${name} asks to be tried again later: ${said}`);
    throw new PluginError('command-failed', `${name} ended with ${ended.code}: ${said}`);
  }

  private argv(part: Part): string[] {
    return (this.settings[part] ?? []).map((written) => {
      const { text, hole } = partOf(written) ?? { text: written };
      return hole === undefined ? text : `${text}${this.values[hole] ?? ''}`;
    });
  }
}

/** Makes lines for people of what a program printed, and says when there was more. */
export function linesOf({ stdout, isCut }: Pick<Ended, 'stdout' | 'isCut'>, most: number): string[] {
  const all = stdout.split('\n').filter((line) => line.trim() !== '');
  const shown = all.slice(0, most).map((line) => oneLine(line));
  const more = all.length - shown.length;
  if (more > 0 || isCut) shown.push(`(and more: ${isCut ? 'the output was cut' : `${more} lines`})`);
  return shown;
}
