import type { RigNetwork } from './network.js';
import { HERE } from './place.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

/** One way from a site to a port of another one. */
interface Path {
  readonly from: string;
  readonly to: string;
  readonly proxy: TcpProxy;
}

/** Makes a network without any rights: everything listens on 127.0.0.1, and between two sites stands a proxy. */
export async function makeProxied(sites: readonly string[]): Promise<RigNetwork> {
  const paths = new Map<string, Promise<Path>>();
  const cuts = new Set<string>();
  const isCut = ({ from, to }: Path): boolean =>
    [from, to, `${from}-${to}`, `${to}-${from}`].some((name) => cuts.has(name));
  const apply = async (): Promise<void> => {
    for (const path of await Promise.all(paths.values())) path.proxy.set(isCut(path) ? 'cut' : 'open');
  };
  const known = (site: string): string => {
    if (!sites.includes(site)) throw new Error(`the network has no site ${site}`);
    return site;
  };
  return {
    kind: 'proxies',
    place: () => HERE,
    route: async (from, to, port) => {
      if (from === to) return `${HERE.host}:${port}`;
      const name = `${from}-${to}:${port}`;
      const path = paths.get(name) ?? startTcpProxy({ host: HERE.host, port }).then((proxy) => ({ from, to, proxy }));
      paths.set(name, path);
      return `${HERE.host}:${(await path).proxy.port}`;
    },
    cut: async (site, from) => {
      cuts.add(from === undefined ? known(site) : `${from}-${known(site)}`);
      await apply();
    },
    heal: async (site) => {
      for (const cut of cuts) if (cut.split('-').includes(known(site))) cuts.delete(cut);
      await apply();
    },
    stop: async () => {
      for (const path of await Promise.all(paths.values())) await path.proxy.stop();
    },
  };
}
