import type { Json } from '../../core/json.js';
import { labelsFrom } from '../../core/alert.js';
import type { PluginLog } from '../../plugin-sdk/call.js';
import { PluginError } from '../../plugin-sdk/plugin-error.js';
import type { BareEffectCall, BarePlanCall, Plugin, PluginInstance } from '../../plugin-sdk/plugin.js';
import { sendingOn } from './sent-on.js';
import { describe } from './described.js';
import { anyJson, type CallOrder, type Order, type Saying } from './messages.js';
import { Questions } from './questions.js';
import { sentFailureOf } from './sent-failure.js';

/** Runs one plugin in the child's process: does what the service orders, and says what came of it. */
export class Runner {
  private plugin: Plugin | undefined;
  private instance: PluginInstance | undefined;
  private readonly calls = new Map<number, AbortController>();
  private readonly questions: Questions;

  /**
   * @param say sends to the service; false when it can't be sent
   * @param load imports the plugin's module and gives its default export
   * @param leave ends the process
   */
  constructor(
    private readonly say: (saying: Saying) => boolean,
    private readonly load: (entry: string, from: string) => Promise<unknown>,
    private readonly leave: () => void,
  ) {
    this.questions = new Questions(say);
  }

  /** Does what the service orders. */
  obey(order: Order): void {
    switch (order.order) {
      case 'load':
        return void this.loaded(order.entry, order.from).then(this.say, this.refuse);
      case 'start':
        return this.start(order.config);
      case 'call':
        return void this.call(order);
      case 'abort':
        return this.calls.get(order.id)?.abort(new Error(order.because));
      case 'answer':
        return this.questions.answered(order);
      case 'ping':
        return void this.say({ say: 'pong' });
      case 'close':
        return void this.close();
    }
  }

  private readonly refuse = (error: unknown): boolean => this.say({ say: 'refused', failure: sentFailureOf(error) });

  private async loaded(entry: string, from: string): Promise<Saying> {
    const made = await this.load(entry, from).catch(withAdvice);
    if (!isPlugin(made)) throw new Error('its default export is not what definePlugin makes (sdk 1)');
    this.plugin = made;
    return { say: 'loaded', id: made.id, version: made.version };
  }

  private start(config: Json): void {
    try {
      if (this.plugin === undefined) throw new Error('it was not loaded');
      this.instance = this.plugin.instantiate(config, this.logOf());
      const { provided, secrets } = this.instance;
      const described = { say: 'started' as const, provided: describe(provided), secrets: [...secrets] };
      if (!this.say(described)) throw new Error('what it provides is too much to be told');
    } catch (error) {
      this.refuse(error);
    }
  }

  private async call(order: CallOrder): Promise<void> {
    const abort = new AbortController();
    const { id } = order;
    this.calls.set(id, abort);
    try {
      const answer = await sendingOn(order.about.sentOn ?? {}, () => this.answer(order, abort.signal));
      const value = anyJson.parse(JSON.parse(JSON.stringify(answer ?? null)));
      if (!this.say({ say: 'result', id, value }))
        throw new PluginError('wrong-answer', 'its answer is longer than 4 MiB, or has more than 10,000 values', false);
    } catch (error) {
      this.say({ say: 'failure', id, failure: sentFailureOf(error) });
    } finally {
      this.calls.delete(id);
      this.questions.forget(id);
    }
  }

  private async answer(order: CallOrder, signal: AbortSignal): Promise<unknown> {
    const { kind, part, verb, message, params = null, before = null } = order;
    const { actions = {}, probes = {}, notifiers = {} } = this.instance?.provided ?? {};
    const call = this.bare(order, signal);
    if (kind === 'notifier') {
      if (message === undefined) throw new Error('there is nothing to send');
      return named(notifiers, part).send(call, message);
    }
    if (kind === 'probe') return named(probes, part).measure(call, params);
    const action = named(actions, part);
    switch (verb) {
      case 'check':
      case 'plan':
        return action[verb](call, params);
      case 'apply':
      case 'verify':
      case 'revert':
        return action[verb](call, params, before);
      case 'measure':
      case 'send':
        throw new Error(`an action has no ${verb}`);
    }
  }

  /** Everything that any kind of call may carry; each verb takes what is its own. */
  private bare({ id, about }: CallOrder, signal: AbortSignal): BareEffectCall & BarePlanCall {
    const { alert, earlier = [], key = '', epoch = 0, lifting } = about;
    const questions = this.questions.of(id, signal);
    return {
      signal,
      log: this.logOf(id),
      earlier,
      key,
      epoch,
      fence: () => questions.fence(),
      ...(lifting === true ? { lifting: { measure: () => questions.measure() } } : {}),
      ...(alert === undefined
        ? {}
        : {
            alert: {
              fingerprint: alert.fingerprint,
              labels: labelsFrom(alert.labels),
              annotations: labelsFrom(alert.annotations),
            },
          }),
    };
  }

  private logOf(id?: number): PluginLog {
    const write =
      (level: 'info' | 'warn'): PluginLog['info'] =>
      (message, fields) => {
        const about = { ...(id === undefined ? {} : { id }), ...(fields === undefined ? {} : { fields }) };
        this.say({ say: 'log', level, message, ...about });
      };
    return { info: write('info'), warn: write('warn') };
  }

  private async close(): Promise<void> {
    await this.instance?.close().catch(() => undefined);
    this.leave();
  }
}

/** Node tells nobody but its own output in which file that is. */
function withAdvice(error: unknown): never {
  if (!(error instanceof SyntaxError)) throw error;
  throw new Error(`it can't be read as JavaScript (${error.message}); node --check <file> says where`);
}

function named<T>(parts: { readonly [name: string]: T }, name: string): T {
  const found = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (found === undefined) throw new PluginError('unknown-name', `the plugin has no ${name}`, false);
  return found;
}

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null) return false;
  return 'id' in value && 'version' in value && 'sdk' in value && value.sdk === 1 && 'instantiate' in value;
}
