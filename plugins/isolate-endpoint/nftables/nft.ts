import { z } from 'zod';
import { oneLine } from '../../clients/one-line.js';
import { runProgram } from '../../clients/run-program.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import { hostAddress, type HostAddress } from './address.js';
import type { FirewallSettings } from './config.js';

/** Room for a set of several thousand elements. */
const KEEP_BYTES = 4 * 1024 * 1024;

/** One element of a set; times in seconds. */
export interface Element {
  readonly address: string;
  /** As it was added; null when it stays for ever. */
  readonly timeoutSeconds: number | null;
  readonly leftSeconds: number | null;
  readonly comment: string;
}

const full = z.object({
  elem: z.object({
    val: z.json(),
    timeout: z.int().optional(),
    expires: z.int().optional(),
    comment: z.string().optional(),
  }),
});
const setSchema = z.object({
  type: z.json(),
  flags: z.union([z.string(), z.array(z.string())]).default([]),
  elem: z.array(z.union([z.string(), full])).default([]),
});
const answerSchema = z.object({ nftables: z.array(z.object({ set: setSchema.optional() })) });

/** One command of nft's JSON. */
export type NftCommand = { readonly [verb in 'create' | 'delete']?: { readonly element: object } };

/** Runs `nft` for one firewall: reads the set of one kind of address, and changes it in one transaction. */
export class Nft {
  /**
   * @param name what the firewall is called in errors
   * @param timeoutMs for each run
   */
  constructor(
    readonly name: string,
    private readonly settings: FirewallSettings,
    private readonly timeoutMs: number,
  ) {}

  /**
   * Reads all elements of the set for addresses of this kind.
   *
   * @throws PluginError also when the set is not one that Firebreak may use
   */
  async elements({ family }: Pick<HostAddress, 'family'>, signal: AbortSignal): Promise<Element[]> {
    const set = this.setFor(family);
    const { family: of, table } = this.settings;
    const { code, stdout, stderr, isCut } = await this.run(['-j', 'list', 'set', of, table, set], undefined, signal);
    if (code !== 0) throw this.refusal(stderr, `list the set ${set}`);
    if (isCut) throw new PluginError('answer-too-long', `${this.name}: the set ${set} has too many elements`, false);
    const read = answerSchema.safeParse(parsed(stdout));
    const found = read.success ? read.data.nftables.find((one) => one.set !== undefined)?.set : undefined;
    if (found === undefined)
      throw new PluginError('not-understood', `${this.name}: nft answered something that is no set in JSON`);
    this.refuseUnfit(set, found.type, [found.flags].flat(), family);
    return found.elem.map((one) => elementOf(one));
  }

  /**
   * Changes the set, all or nothing.
   *
   * @returns false when an element was there, or was not there, against what the commands say
   * @throws PluginError when it was refused for another reason, or its outcome is unknown
   */
  async change(commands: readonly NftCommand[], signal: AbortSignal): Promise<boolean> {
    const { code, stderr } = await this.run(['-j', '-f', '-'], JSON.stringify({ nftables: commands }), signal);
    if (code === 0) return true;
    if (/File exists/.test(stderr)) return false;
    // A set that is not there was found by reading it.
    if (/No such file or directory/.test(stderr)) return false;
    throw this.refusal(stderr, 'change the set');
  }

  /** The command that adds an element, and fails where it is already. */
  create({ text, family }: HostAddress, seconds: number, comment: string): NftCommand {
    const elem = [{ elem: { val: text, timeout: seconds, comment } }];
    return { create: { element: { ...this.place(family), elem } } };
  }

  /** The command that takes an element away, and fails where it is not. */
  delete({ text, family }: HostAddress): NftCommand {
    return { delete: { element: { ...this.place(family), elem: [text] } } };
  }

  private place(family: HostAddress['family']) {
    return { family: this.settings.family, table: this.settings.table, name: this.setFor(family) };
  }

  private setFor(family: HostAddress['family']): string {
    const set = this.settings.sets[family];
    if (set !== undefined) return set;
    const kind = family === 'ipv4' ? 'IPv4' : 'IPv6';
    throw new PluginError('unknown-name', `${this.name} is configured with no set for ${kind} addresses`, false);
  }

  private run(args: readonly string[], input: string | undefined, signal: AbortSignal) {
    const { name, timeoutMs, settings } = this;
    const program = { name: `nft of ${name}`, argv: [...settings.command, ...args], timeoutMs, keepBytes: KEEP_BYTES };
    return runProgram(input === undefined ? program : { ...program, input }, signal);
  }

  private refuseUnfit(set: string, type: unknown, flags: readonly string[], family: HostAddress['family']): void {
    const wanted = family === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr';
    const fits = type === wanted && flags.includes('timeout') && !flags.includes('interval');
    if (fits) return;
    const should = `it must be one of single addresses that go away: { type ${wanted}; flags timeout; }`;
    throw new PluginError('unfit-set', `${this.name}: the set ${set} can't be used; ${should}`, false);
  }

  private refusal(stderr: string, what: string): PluginError {
    const said = oneLine(stderr.split('\n').find((line) => line.trim() !== '') ?? 'it gave no reason');
    if (/Operation not permitted|you must be root|Permission denied/i.test(stderr))
      return new PluginError('refused-credentials', `${this.name}: nft may not ${what}: ${said}`, false);
    if (/No such file or directory/.test(stderr))
      return new PluginError('unknown-name', `${this.name}: nft can't ${what}, it is not there: ${said}`, false);
    return new PluginError('refused-by-target', `${this.name}: nft could not ${what}: ${said}`);
  }
}

function elementOf(one: string | z.infer<typeof full>): Element {
  const { val, timeout, expires, comment }: z.infer<typeof full>['elem'] =
    typeof one === 'string' ? { val: one } : one.elem;
  const written = typeof val === 'string' ? val : JSON.stringify(val);
  return {
    address: hostAddress(written)?.text ?? written,
    timeoutSeconds: timeout ?? null,
    leftSeconds: expires ?? null,
    comment: comment ?? '',
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
