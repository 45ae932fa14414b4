import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { dropLinkWhenGone, dropNamespaceWhenGone } from './guardian.js';
import { installed } from './installed.js';
import { FIREBREAK_SITE, type RigNetwork } from './network.js';
import { HERE, type Place } from './place.js';

const run = promisify(execFile);

/** One site: its namespace, its end of the link on the bridge, and its address. */
interface Site {
  readonly namespace: string;
  readonly link: string;
  readonly host: string;
}

/** How many rigs can run on one machine at once. */
const MOST_RIGS = 200;

/** Tells whether this process may make network namespaces, bridges and links. */
export async function namespacesWork(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  const name = `fbtry${process.pid}`;
  try {
    await ip('netns', 'add', name);
    await ip('link', 'add', name, 'type', 'bridge');
    return true;
  } catch {
    return false;
  } finally {
    await ip('link', 'del', name).catch(() => undefined);
    await ip('netns', 'del', name).catch(() => undefined);
  }
}

/**
 * Makes a namespace for each site, all on one bridge; Firebreak's site is this machine itself. A cut site has its link
 * set down; a cut path is a blackhole route inside the site, so that whatever arrives is never answered.
 */
export async function makeNamespaces(sites: readonly string[]): Promise<RigNetwork> {
  const { bridge, subnet } = await makeBridge();
  const made = new Map<string, Site>();
  const stop = async (): Promise<void> => {
    for (const { link, namespace } of made.values()) {
      await ip('link', 'del', link).catch(() => undefined);
      await ip('netns', 'del', namespace).catch(() => undefined);
    }
    await ip('link', 'del', bridge).catch(() => undefined);
  };
  const own = `${subnet}.1`;
  try {
    await ip('addr', 'add', `${own}/24`, 'dev', bridge);
    await ip('link', 'set', bridge, 'up');
    for (const [index, name] of sites.entries()) {
      const site = { namespace: `${bridge}-${name}`, link: `${bridge}v${index}`, host: `${subnet}.${index + 2}` };
      made.set(name, site);
      await makeSite(site, bridge);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const siteOf = (name: string): Site => {
    const site = made.get(name);
    if (site === undefined) throw new Error(`the network has no site ${name}`);
    return site;
  };
  const hostOf = (name: string): string => (name === FIREBREAK_SITE ? own : siteOf(name).host);
  return {
    kind: 'namespaces',
    place: (name): Place =>
      name === FIREBREAK_SITE
        ? { ...HERE, host: own }
        : { host: hostOf(name), through: [installed('ip'), 'netns', 'exec', siteOf(name).namespace] },
    route: async (_from, to, port) => `${hostOf(to)}:${port}`,
    cut: async (name, from) => {
      const { link, namespace } = siteOf(name);
      if (from === undefined) await ip('link', 'set', link, 'down');
      else await ip('-n', namespace, 'route', 'replace', 'blackhole', `${hostOf(from)}/32`);
    },
    heal: async (name) => {
      const { link, namespace } = siteOf(name);
      await ip('-n', namespace, 'route', 'flush', 'type', 'blackhole');
      await ip('link', 'set', link, 'up');
    },
    stop,
  };
}

/** Adding a bridge whose name is taken fails: that is how rigs that start at once keep out of each other's way. */
async function makeBridge(): Promise<{ readonly bridge: string; readonly subnet: string }> {
  for (let number = 1; number <= MOST_RIGS; number++) {
    const bridge = `fbr${number}`;
    try {
      await ip('link', 'add', bridge, 'type', 'bridge');
      dropLinkWhenGone(bridge);
      return { bridge, subnet: `10.213.${number}` };
    } catch (error) {
      if (!String(error).includes('exists')) throw error;
    }
  }
  throw new Error(`${MOST_RIGS} networks of rigs exist on this machine; remove the bridges fbr1, fbr2, ...`);
}

async function makeSite({ namespace, link, host }: Site, bridge: string): Promise<void> {
  dropLinkWhenGone(link);
  dropNamespaceWhenGone(namespace);
  await ip('netns', 'add', namespace);
  await ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
  await ip('link', 'set', link, 'master', bridge, 'up');
  await ip('-n', namespace, 'link', 'set', 'lo', 'up');
  await ip('-n', namespace, 'addr', 'add', `${host}/24`, 'dev', 'eth0');
  await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
}

async function ip(...args: readonly string[]): Promise<void> {
  await run(installed('ip'), [...args]);
}
