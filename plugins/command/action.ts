import { z } from 'zod';
import { PluginError, type EffectCall, type Kit } from '../../src/plugin-sdk/index.js';
import type { CommandSettings } from './config.js';
import { isInert, valueSchema } from './holes.js';
import { linesOf, Programs, type Part } from './program.js';

/** How many lines of a dry run become changes of the plan. */
const MOST_LINES = 20;

const beforeSchema = z.strictObject({ state: z.string().nullable() });
type Values = Readonly<Record<string, string>>;
type Before = z.infer<typeof beforeSchema>;

/** Makes the action of one configured command. */
export function commandAction<Config>({ action }: Kit<undefined, Config>, name: string, settings: CommandSettings) {
  const { summary, risk, idempotency } = settings;
  const holes = Object.entries(settings.params).map(([hole, allowed]) => [hole, valueSchema(allowed)] as const);
  const programs = (values: Values) => new Programs(`command/${name}`, settings, values);
  const seen = new Seen(settings);
  return action({
    summary,
    params: z.strictObject(Object.fromEntries(holes)),
    before: beforeSchema,
    risk,
    idempotency,
    reversible: settings.revert !== undefined,

    async check({ params, signal }) {
      const made = programs(params);
      if (settings.check === undefined) {
        const isIn = await seen.isInForce(made, signal);
        return isIn ? { needed: false, because: `${name} is in force already` } : { needed: true };
      }
      const { code, ...said } = await made.run('check', [0, settings.notNeeded], signal);
      if (code === 0) return { needed: true };
      return { needed: false, because: linesOf(said, 1)[0] ?? `${name} says that nothing is needed` };
    },

    async plan({ params, signal }) {
      const made = programs(params);
      const resource = resourceOf(name, params);
      const state = await seen.state(made, signal);
      const lines = linesOf(await made.run('dryRun', [0], signal), MOST_LINES);
      if (lines.length === 0)
        throw new PluginError('not-understood', `${name} dryRun printed nothing: it must say what would change`, false);
      return {
        summary: `${name}: ${lines[0]}`,
        changes: lines.map((line, index) => ({
          resource,
          attribute: index === 0 ? 'effect' : `effect ${index + 1}`,
          from: index === 0 ? state : null,
          to: line,
        })),
        before: { state },
      };
    },

    async apply(call, before) {
      const made = programs(call.params);
      if (await seen.isInForce(made, call.signal)) return { done: true };
      const now = await seen.state(made, call.signal);
      if (settings.idempotency === 'conditional' && now !== before.state)
        throw new PluginError('changed-meanwhile', `${name}: state is ${now}, and was ${before.state}`, false);
      await effect(made, 'run', call);
      if (await seen.isInForce(made, call.signal)) return { done: true };
      const what = `${name} run ended well, and verify says that it is not in force`;
      throw new PluginError('did-not-take', what, settings.idempotency !== 'none');
    },

    async verify({ params, signal }) {
      const isIn = await seen.isInForce(programs(params), signal);
      return isIn ? { took: true } : { took: false, detail: `${name} verify says that it is not in force` };
    },

    async revert(call, before) {
      if (await seen.isAsBefore(programs(call.params), before, call.signal)) return { done: true };
      const filled = before.state === null ? call.params : { ...call.params, before: inert(name, before.state) };
      const made = programs(filled);
      await effect(made, 'revert', call);
      if (await seen.isAsBefore(made, before, call.signal)) return { done: true };
      throw new PluginError('not-restored', `${name} revert ended well, and it is not as it was before`);
    },
  });
}

/** Asks how things are. */
class Seen {
  constructor(private readonly settings: CommandSettings) {}

  async isInForce(made: Programs, signal: AbortSignal): Promise<boolean> {
    return (await made.run('verify', [0, this.settings.notInForce], signal)).code === 0;
  }

  async state(made: Programs, signal: AbortSignal): Promise<string | null> {
    if (this.settings.state === undefined) return null;
    const { stdout, isCut } = await made.run('state', [0], signal);
    const text = stdout.trim();
    if (!isCut && isInert(text)) return text;
    const what = `${made.name} state must print one word of letters, digits and _.:@%+=,/-, at most 200`;
    throw new PluginError('not-understood', what, false);
  }

  /** By the state where there is one; else nothing is to be taken back when the change is not in force. */
  async isAsBefore(made: Programs, before: Before, signal: AbortSignal): Promise<boolean> {
    if (before.state === null) return !(await this.isInForce(made, signal));
    return (await this.state(made, signal)) === before.state;
  }
}

/** Runs what changes something: looked at first, then the fence, then at once. */
async function effect(made: Programs, part: Part, call: EffectCall<undefined, Values>): Promise<void> {
  await made.assertTrusted(part);
  await call.fence();
  const env = { FIREBREAK_KEY: call.key, FIREBREAK_EPOCH: String(call.epoch) };
  const ended = await made.runTrusted(part, [0], call.signal, env);
  const said = linesOf(ended, 5).join(' | ');
  if (said !== '') call.log.info(`${part} said: ${said}`);
}

function inert(name: string, state: string): string {
  if (isInert(state)) return state;
  throw new PluginError('not-understood', `${name}: what was kept of the state can't be an argument`, false);
}

function resourceOf(name: string, values: Values): string {
  return ['command', name, ...Object.values(values)].join('/');
}
