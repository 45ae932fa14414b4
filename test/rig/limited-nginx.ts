import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPlainNginx, type PlainNginx } from './plain-nginx.js';
import { waitFor } from './wait-for.js';

/** A real nginx whose zone `shop` limits what is asked of `/shop`, and says its limit at `/limit`. */
export interface LimitedNginx extends PlainNginx {
  /** The limit file, for reading it. */
  readonly file: string;
  /** Settings of the plugin `throttle` for it. */
  readonly settings: {
    readonly limits: { readonly shop: Readonly<Record<'file' | 'zone' | 'key' | 'ask', string>> };
    readonly test: readonly string[];
    readonly reload: readonly string[];
  };
  /** Gives the rate that it goes by, as one of its workers says. */
  readonly says: () => Promise<string>;
  /** Has it go by another rate, as an operator would. */
  readonly set: (rate: number) => void;
  /** Does the same if need be, and waits until no old worker answers any more. */
  readonly reset: (rate: number) => Promise<void>;
}

/** The limit file as an operator writes it first. */
export function limitFile(rate: number): string {
  return `# Written by Firebreak, which changes the two numbers; put nothing else here.
limit_req_zone $server_name zone=shop:1m rate=${rate}r/s;
map $host $firebreak_shop { default ${rate}; }
`;
}

/** Starts it with a rate. */
export async function startLimitedNginx(rate: number): Promise<LimitedNginx> {
  const nginx = await startPlainNginx(
    (folder, port) => `include ${folder}/limit.conf;
server {
  listen 127.0.0.1:${port};
  server_name shop; # a key that is empty is not counted at all
  location = /limit { default_type text/plain; return 200 $firebreak_shop; }
  location = /shop { root ${folder}; default_type text/plain; limit_req zone=shop burst=5 nodelay; limit_req_status 429; }
}`,
    { 'limit.conf': limitFile(rate), shop: 'open\n' },
  );
  const file = join(nginx.folder, 'limit.conf');
  const ask = `http://127.0.0.1:${nginx.port}/limit`;
  const says = async () => (await fetch(ask, { headers: { connection: 'close' } })).text();
  const set = (to: number) => {
    writeFileSync(file, limitFile(to));
    nginx.process.signal('SIGHUP');
  };
  return {
    ...nginx,
    file,
    settings: {
      limits: { shop: { file, zone: 'shop', key: '$server_name', ask } },
      test: [...nginx.argv, '-t', '-q'],
      reload: [...nginx.argv, '-s', 'reload'],
    },
    says,
    set,
    reset: async (to) => {
      if (readFileSync(file, 'utf8') === limitFile(to) && (await says()) === String(to)) return;
      set(to);
      let since: number | undefined;
      // New workers and old ones answer beside each other for 100 ms.
      const isOver = async () => {
        since = (await says()) === String(to) ? (since ?? performance.now()) : undefined;
        return since !== undefined && performance.now() - since > 200;
      };
      await waitFor(`nginx to go by ${to} r/s`, isOver, 30_000);
    },
  };
}
