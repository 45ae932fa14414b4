import { loadConfig, type Config } from '../config.js';
import { ROUTE_EVENTS, type NotifySettings, type Route } from '../config/notify.js';
import { unknownWord } from '../catalog/suggestion.js';
import type { Clock } from '../core/clock.js';
import { routesOf } from '../notify/routing.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import { openCatalog, type OpenCatalog } from '../start/open-catalog.js';
import { EXIT, Stopped, WrongUse, type Out } from './command.js';
import { needed, readLine } from './read-line.js';

const EX_CONFIG = 78;
const OPTIONS = ['event', 'severity', 'owner', 'runbook', 'target'] as const;
const SILENT = { info: () => undefined, warn: () => undefined };

const clock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Says who would hear of something, or sends a message to see whether it arrives. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const { words, option } = readLine(args, 2, OPTIONS);
  const [verb, name] = words;
  if (verb === 'test')
    return opened(({ publicUrl }, { plugins }) =>
      sendTest(needed(name, 'the name of a notifier'), plugins, { publicUrl, out }),
    );
  if (verb !== 'routes' || name !== undefined) throw new WrongUse('say routes or test');
  const event = eventNamed(needed(option('event'), '--event'));
  return opened(async ({ notify }, { catalog }) => {
    const wanted = option('runbook');
    const runbook = wanted === undefined ? undefined : catalog.current.runbooks.get(wanted);
    if (wanted !== undefined && runbook === undefined) out(`there is no runbook ${wanted} here: only its name counts`);
    // an event that closes an execution is also `closed`
    const events = event === 'failed' || event === 'reverted' ? ['closed' as const, event] : [event];
    const owner = option('owner') ?? runbook?.owner;
    const subject = { events, severity: option('severity'), owner, runbook: wanted, target: option('target') };
    const own = runbook?.notify ?? [];
    for (const line of linesOf(notify, routesOf(notify.routes, subject), own)) out(line);
    return EXIT.done;
  });
}

/** Who would hear of it, and why. */
function linesOf({ routes }: NotifySettings, taken: readonly number[], own: readonly string[]): string[] {
  const why = new Map<string, string[]>();
  const add = (names: readonly string[], because: string): void => {
    for (const name of names) why.set(name, [...(why.get(name) ?? []), because]);
  };
  add(own, 'the runbook names it');
  for (const i of taken) add(routes[i]?.to ?? [], `routes[${i}]: ${matchText(routes[i])}`);
  if (why.size === 0) return [`nobody hears of it: no route of ${routes.length} matches, and no runbook names anybody`];
  return [...why].map(([name, because]) => `${name}  (${because.join('; ')})`);
}

function matchText(route: Route | undefined): string {
  const parts = Object.entries(route?.match ?? {}).map(([key, values]) => `${key} ${values.join(' or ')}`);
  return parts.length === 0 ? 'everything' : parts.join(', ');
}

async function sendTest(
  notifier: string,
  plugins: OpenCatalog['plugins'],
  { publicUrl, out }: { readonly publicUrl: string; readonly out: Out },
): Promise<number> {
  const host = new PluginHost(
    plugins,
    clock,
    () => undefined,
    () => SILENT,
  );
  const sent = await host.send(notifier, {
    id: `test-${clock.now()}`,
    event: 'opened',
    title: 'A test of Firebreak: nothing has happened',
    text: `Somebody wanted to see whether ${notifier} works. It does.`,
    link: `${publicUrl}/`,
  });
  if (!sent.ok) throw new Stopped(`it was not taken: ${sent.failure.detail}`);
  out(`${notifier} has taken a message`);
  return EXIT.done;
}

async function opened(use: (config: Config, parts: OpenCatalog) => Promise<number>): Promise<number> {
  const loaded = loadConfig(process.env, process.cwd());
  if (!loaded.ok) throw new Stopped(loaded.problems.join('\n'), EX_CONFIG);
  const parts = await openCatalog(loaded.config);
  if (!parts.ok) throw new Stopped(parts.problems.join('\n'), EX_CONFIG);
  try {
    return await use(loaded.config, parts);
  } finally {
    await parts.plugins.close();
  }
}

function eventNamed(text: string): (typeof ROUTE_EVENTS)[number] {
  const event = ROUTE_EVENTS.find((one) => one === text);
  if (event === undefined) throw new WrongUse(unknownWord('unknown event', text, ROUTE_EVENTS));
  return event;
}
