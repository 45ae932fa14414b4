import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import plugin from '../../plugins/isolate-endpoint/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import { installed } from '../rig/installed.js';
import { makeNamespaces } from '../rig/namespaces.js';
import type { RigNetwork } from '../rig/network.js';
import { plainCall } from '../rig/plain-call.js';
import { removeFolder, rigFolder } from '../rig/processes.js';

const run = promisify(execFile);

/** How the way to `nft` misbehaves. */
export type Fault =
  | 'none'
  /** Never answers, and does nothing. */
  | 'silent'
  | 'rubbish'
  /** Is a user without rights. */
  | 'no-rights'
  /** Changes the set, and never says so. */
  | 'answer-lost'
  /** Isolates the endpoint named in the file `rival` just before each write. */
  | 'rival';

/** A network namespace with a real nftables in it, reached through a script that counts writes and can misbehave. */
export interface RigFirewall {
  readonly network: RigNetwork;
  /** For `command` of the plugin's configuration. */
  readonly command: readonly string[];
  readonly nft: (...args: readonly string[]) => Promise<string>;
  /** What is in the set: address, time-out and comment, without what changes by itself. */
  readonly elements: (set?: string) => Promise<Shown[]>;
  readonly flush: () => Promise<void>;
  readonly writes: () => number;
  readonly fail: (how: Fault, rival?: string) => void;
  readonly stop: () => Promise<void>;
}

/** One element as tests look at it. */
export type Shown = { address: string; timeout: number | null; comment: string };

const RULES = `table inet firebreak {
  set isolated4 { type ipv4_addr; flags timeout; }
  set isolated6 { type ipv6_addr; flags timeout; }
  set ranges { type ipv4_addr; flags interval, timeout; }
  set lasting { type ipv4_addr; }
  set small { type ipv4_addr; flags timeout; size 1; }
  chain out {
    type filter hook output priority 0; policy accept;
    ip daddr @isolated4 reject with tcp reset
    ip6 daddr @isolated6 reject with tcp reset
  }
}`;

/** Makes a site `lb` with nftables, and the other sites. */
export async function startFirewall(sites: readonly string[] = []): Promise<RigFirewall> {
  const network = await makeNamespaces(['lb', ...sites]);
  const folder = rigFolder('nftables');
  const inside = [...network.place('lb').through, installed('nft')];
  const fileOf = (name: string) => join(folder, name);
  const script = fileOf('nft');
  writeFileSync(script, scriptFor(folder, inside));
  chmodSync(script, 0o755);
  writeFileSync(fileOf('rules.nft'), RULES);
  writeFileSync(fileOf('fault'), 'none');
  const nft = async (...args: readonly string[]): Promise<string> => {
    const [program = '', ...before] = inside;
    return (await run(program, [...before, ...args])).stdout;
  };
  await nft('-f', fileOf('rules.nft'));
  return {
    network,
    command: [script],
    nft,
    elements: async (set = 'isolated4') => shown(await nft('-j', 'list', 'set', 'inet', 'firebreak', set)),
    flush: async () => {
      for (const set of ['isolated4', 'isolated6']) await nft('flush', 'set', 'inet', 'firebreak', set);
    },
    writes: () => (existsSync(fileOf('writes')) ? readFileSync(fileOf('writes'), 'utf8').length : 0),
    fail: (how, rival = '') => {
      writeFileSync(fileOf('rival'), rival);
      writeFileSync(fileOf('fault'), how);
    },
    stop: async () => {
      await network.stop();
      removeFolder(folder);
    },
  };
}

function scriptFor(folder: string, inside: readonly string[]): string {
  const [program, ...args] = inside.slice(0, -1);
  const nft = inside.join(' ');
  return `#!/bin/sh
cd ${folder}
write=; case "$*" in *'-f -'*) write=1; printf w >> writes ;; esac
case "$(cat fault)" in
  silent) exec sleep 60 ;;
  rubbish) echo '{"nftables": "all is well"}'; exit 0 ;;
  no-rights) exec ${program} ${args.join(' ')} setpriv --reuid=65534 --regid=65534 --clear-groups ${inside.at(-1)} "$@" ;;
  answer-lost) [ -z "$write" ] || { ${nft} "$@"; exec sleep 60; } ;;
  rival) [ -z "$write" ] || for one in $(cat rival); do
    ${nft} add element inet firebreak isolated4 "{ $one timeout 5m comment \\"a rival\\" }" < /dev/null
  done ;;
esac
exec ${nft} "$@"
`;
}

const elementSchema = z.object({ val: z.string(), timeout: z.number().optional(), comment: z.string().optional() });
const listSchema = z.object({
  nftables: z.array(
    z.object({
      set: z.object({ elem: z.array(z.union([z.string(), z.object({ elem: elementSchema })])).default([]) }).optional(),
    }),
  ),
});

function shown(json: string): Shown[] {
  const all = listSchema.parse(JSON.parse(json)).nftables.flatMap(({ set }) => set?.elem ?? []);
  return all
    .map((one) => {
      const { val, timeout, comment }: z.infer<typeof elementSchema> =
        typeof one === 'string' ? { val: one } : one.elem;
      return { address: val, timeout: timeout ?? null, comment: comment ?? '' };
    })
    .toSorted((a, b) => a.address.localeCompare(b.address));
}

/** Parameters for a member of the pool below. */
export const FIRST = { endpoint: '10.99.0.1' };

/** What is different about the configuration of the firewall, of its pool, or about the rest. */
export interface Differs {
  readonly edge?: object;
  readonly pool?: object;
  readonly rest?: object;
}

/** Gives the action for a pool of three. */
export function isolating(firewall: RigFirewall, differs: Differs = {}): Action {
  const edge = { command: firewall.command, table: 'firebreak', sets: { ipv4: 'isolated4' }, ...differs.edge };
  const shop = differs.pool ?? { addresses: ['10.99.0.1', '10.99.0.2', '10.99.0.3'] };
  const nftables = { firewalls: { edge }, pools: { shop }, timeout: '400ms', ...differs.rest };
  const action = plugin.instantiate({ nftables }, plainCall().log).provided.actions?.['nftables'];
  if (action === undefined) throw new Error('the plugin has no action nftables');
  return action;
}
