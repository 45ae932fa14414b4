import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Clock } from '../../core/clock.js';
import type { Json } from '../../core/json.js';
import type { PluginLog } from '../../plugin-sdk/call.js';
import type { Plugin } from '../../plugin-sdk/plugin.js';
import { Life, type Companion, type End } from './life.js';
import { nodeFlags, type PluginCode } from './node-flags.js';
import { NO_PERMISSIONS, type Permissions } from './permissions.js';
import { PluginChild, type ChildObserver, type ChildState, type Introduction } from './plugin-child.js';
import { providedBy } from './remote-plugin.js';
import { secretsOf } from './told-secrets.js';

/** Sees what becomes of all children, by the id of the plugin. */
export interface ChildNews {
  line(plugin: string, text: string): void;
  log(plugin: string): PluginLog;
  up(plugin: string): void;
  down(plugin: string, end: End, againInMs: number): void;
}

/** What children are started with. */
export interface ChildSettings {
  readonly permissions: { readonly [id: string]: Permissions };
  /** Configuration of each plugin, by its id. */
  readonly configuration: { readonly [id: string]: Json };
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** The child's program; the built one unless told. */
  readonly program?: string;
}

/** News from before there was anybody to tell. */
const MOST_KEPT = 100;

/** Starts plugins in child processes, and knows them all. */
export class Children {
  private readonly all: PluginChild[] = [];
  private readonly found = new Set<string>();
  private readonly byId = new Map<string, PluginChild>();
  private news: ChildNews | undefined;
  private readonly kept: ((news: ChildNews) => void)[] = [];

  /** @param settings permissions, configuration and environment of each */
  constructor(private readonly settings: ChildSettings) {}

  /**
   * Starts one plugin in a child of its own: first with no permissions, to learn its id; then with those that its id has.
   * Its configuration goes to it at once, because only then it can say what it provides; but never that of another plugin.
   *
   * @param code where it is
   * @param taken ids that are not for plugins from outside
   * @throws Error when it does not load, its id is taken, or it dies while it is started
   */
  async open(code: PluginCode, taken: ReadonlySet<string>): Promise<Plugin> {
    const naming = { name: code.name };
    const first = this.child(code, naming, code.builtIn ? this.permitted(code.name) : NO_PERMISSIONS);
    const loaded = await loadOrStop(first);
    const isTaken = code.builtIn ? loaded.id !== code.name : taken.has(loaded.id);
    if (isTaken || this.found.has(loaded.id)) {
      await first.stop();
      throw new Error(`the id ${loaded.id} is taken`);
    }
    naming.name = loaded.id;
    this.found.add(loaded.id);
    const known = own(this.settings.permissions, loaded.id);
    if (code.builtIn || known === undefined) return this.start(first, loaded);
    await first.stop();
    const second = this.child(code, naming, known);
    const again = await loadOrStop(second);
    if (again.id === loaded.id && again.version === loaded.version) return this.start(second, loaded);
    // or it would be given the configuration of another one
    await second.stop();
    throw new Error(`it calls itself ${name(loaded)}, and ${name(again)} when it is loaded again`);
  }

  /** Tells what has happened already, and from now on what happens. */
  listen(news: ChildNews): void {
    this.news = news;
    for (const tell of this.kept.splice(0)) tell(news);
  }

  /** Tells whether a plugin of this id was found that runs in a child, also when it has no configuration. */
  knows(id: string): boolean {
    return this.found.has(id);
  }

  /** How the child of a plugin is; nothing for one that runs in the service itself. */
  stateOf(id: string): ChildState | undefined {
    return this.byId.get(id)?.now();
  }

  /** How they all are. */
  states(): { readonly plugin: string; readonly state: ChildState }[] {
    return [...this.byId].map(([plugin, child]) => ({ plugin, state: child.now() }));
  }

  /** Ends them all. */
  async close(): Promise<void> {
    await Promise.all(this.all.map((child) => child.stop()));
  }

  private permitted(id: string): Permissions {
    return own(this.settings.permissions, id) ?? NO_PERMISSIONS;
  }

  private async start(child: PluginChild, loaded: { id: string; version: string }): Promise<Plugin> {
    const config = own(this.settings.configuration, loaded.id) ?? {};
    try {
      const introduction = await child.start(loaded, config);
      this.byId.set(loaded.id, child);
      return pluginOf(loaded, () => introduction, child, config);
    } catch (error) {
      await child.stop();
      if (!(error instanceof z.ZodError)) throw error;
      // no settings, or wrong ones: whoever loads plugins knows what to make of it
      const refuse = (): never => {
        throw error;
      };
      return pluginOf(loaded, refuse, child, config);
    }
  }

  private child(code: PluginCode, naming: { readonly name: string }, permissions: Permissions): PluginChild {
    const { clock, env, program } = this.settings;
    const args = nodeFlags(code, permissions, program);
    const given: { [name: string]: string } = {};
    for (const key of permissions.env) if (env[key] !== undefined) given[key] = env[key];
    const { memoryMiB } = permissions;
    const about = { args, folder: code.folder, env: given, memoryMiB };
    const begin = (companion: Companion): Life => new Life(about, companion);
    const order = { entry: code.entry, from: pathToFileURL(`${process.cwd()}/`).href };
    const child = new PluginChild(naming, begin, order, clock, this.observer(naming));
    this.all.push(child);
    return child;
  }

  private observer(naming: { readonly name: string }): ChildObserver {
    const tell = (what: (news: ChildNews) => void): void => {
      if (this.news !== undefined) what(this.news);
      else if (this.kept.length < MOST_KEPT) this.kept.push(what);
    };
    return {
      line: (text) => tell((news) => news.line(naming.name, text)),
      log: {
        info: (message, fields) => tell((news) => news.log(naming.name).info(message, fields)),
        warn: (message, fields) => tell((news) => news.log(naming.name).warn(message, fields)),
      },
      up: () => tell((news) => news.up(naming.name)),
      down: (end, againInMs) => tell((news) => news.down(naming.name, end, againInMs)),
    };
  }
}

/** A plugin may call itself `constructor`. */
function own<T>(all: { readonly [id: string]: T }, id: string): T | undefined {
  return Object.hasOwn(all, id) ? all[id] : undefined;
}

function name({ id, version }: { readonly id: string; readonly version: string }): string {
  return `${id} ${version}`;
}

/** One that does not load leaves no process. */
async function loadOrStop(child: PluginChild): Promise<{ readonly id: string; readonly version: string }> {
  try {
    return await child.load();
  } catch (error) {
    await child.stop();
    throw error;
  }
}

function pluginOf(
  { id, version }: { readonly id: string; readonly version: string },
  introduce: () => Introduction,
  child: PluginChild,
  config: Json,
): Plugin {
  return {
    id,
    sdk: 1,
    version,
    config: z.unknown(),
    instantiate: () => {
      const { provided, secrets } = introduce();
      return {
        provided: providedBy(provided, (order, hands) => child.call(order, hands)),
        secrets: secretsOf(config, secrets),
        close: () => child.stop(),
      };
    },
  };
}
