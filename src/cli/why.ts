import { Why } from '../api/why.js';
import { loadConfig } from '../config.js';
import { findRedis } from '../config/redis-settings.js';
import { alertFingerprint, labelsFrom, type Labels } from '../core/alert.js';
import { FirebreakError } from '../core/errors.js';
import { parseMatchers } from '../core/matcher.js';
import { openCatalog } from '../start/open-catalog.js';
import { ask, part } from './client.js';
import { EXIT, Stopped, WrongUse, type Out } from './command.js';
import { reachRedis } from './reach-redis.js';
import { needed, readLine } from './read-line.js';
import { whyAnswer, whyLines, type WhyAnswer } from './why-lines.js';

/** Says why something, or nothing, was done about an alert, or why an execution stands where it stands. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const line = readLine(args, 1, ['labels', 'via']);
  const labels = readLabels(line.option('labels'));
  const made = labels === undefined ? undefined : alertFingerprint(labels);
  const id = needed(line.words[0] ?? made, 'a fingerprint, the id of an execution, or --labels');
  // whoever names a service means what is in force there
  const via = line.option('via') ?? ((process.env['FIREBREAK_URL'] ?? '') === '' ? 'redis' : 'http');
  if (via !== 'http' && via !== 'redis') throw new WrongUse('--via must be redis or http');
  const answer = via === 'http' ? await askService(id, labels) : await askRedis(id, labels);
  for (const text of whyLines(answer)) out(text);
  return EXIT.done;
}

function askService(id: string, labels: Labels = {}): Promise<WhyAnswer> {
  const query = Object.fromEntries(Object.entries(labels).map(([name, value]) => [`label.${name}`, value]));
  return ask(whyAnswer, { path: `/api/v1/why/${part(id)}`, query });
}

/** Needs no service: what was decided stands in Redis, and the runbooks are read where the service reads them. */
async function askRedis(id: string, labels: Labels | undefined): Promise<WhyAnswer> {
  const found = findRedis(process.env, process.cwd());
  if (!found.ok) throw new Stopped(`nobody can tell which Redis it is\n${found.problems.join('\n')}`, EXIT.unavailable);
  const catalog = await runbooksHere();
  const { redis, store } = await reachRedis(
    found.settings,
    'Or ask a service that runs: --via http, with FIREBREAK_URL and FIREBREAK_TOKEN',
  );
  try {
    const at = await store.now();
    const clock = { now: () => at, after: () => () => undefined };
    return whyAnswer.parse(await new Why(catalog, store, clock).about(id, labels));
  } catch (error) {
    throw error instanceof FirebreakError ? new Stopped(error.detail) : error;
  } finally {
    redis.disconnect();
  }
}

async function runbooksHere() {
  const loaded = loadConfig(process.env, process.cwd());
  const opened = loaded.ok ? await openCatalog(loaded.config) : { ok: false as const, problems: loaded.problems };
  if (!opened.ok)
    throw new Stopped(
      `the runbooks cannot be read here; ask a service that runs: --via http\n${opened.problems.join('\n')}`,
    );
  await opened.plugins.close();
  return opened.catalog;
}

/** Reads `alertname=X,service=Y`, also as Prometheus writes it. */
export function readLabels(text: string | undefined): Labels | undefined {
  if (text === undefined) return undefined;
  const parsed = parseMatchers(text);
  if (!parsed.ok) throw new WrongUse(`--labels: ${parsed.detail}`);
  const other = parsed.matchers.find(({ op }) => op !== '=');
  if (other !== undefined) throw new WrongUse(`--labels: ${other.name} has no value; write ${other.name}="..."`);
  return labelsFrom(Object.fromEntries(parsed.matchers.map(({ name, value }) => [name, value])));
}
