import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import { exchangeDns } from '../../plugins/clients/dns-exchange.js';
import { CLASS, OPCODE, TYPE, writeMessage } from '../../plugins/clients/dns-message.js';
import { signed, tsigKey, type TsigKey } from '../../plugins/clients/dns-tsig.js';
import { dataOf } from '../../plugins/clients/dns-values.js';
import { installed } from './installed.js';
import { HERE, type Place } from './place.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';

/** A TSIG key as configurations have it. */
export interface BindKey {
  readonly name: string;
  readonly algorithm: TsigKey['algorithm'];
  /** base64 */
  readonly secret: string;
}

/** What a BIND of the rig serves. */
export interface BindOptions {
  readonly zone: string;
  /** Lines of the zone file below SOA and NS, with names relative to the zone. */
  readonly records: readonly string[];
  /** May update the zone; left out, one is made. */
  readonly key?: BindKey;
  /** Further lines for `named.conf`, such as other zones. */
  readonly further?: (folder: string) => readonly string[];
  readonly place?: Place;
}

/** A real BIND that is the primary server of one zone and takes updates for it. */
export interface RigBind {
  /** `host:port`, UDP and TCP. */
  readonly address: string;
  readonly zone: string;
  readonly key: BindKey;
  readonly process: () => RunningProcess;
  /** Asks it as any resolver would, over UDP and without a key; addresses are in order, with their TTL. */
  readonly lookUp: (name: string, type: 'A' | 'AAAA' | 'CNAME') => Promise<readonly (readonly [string, number])[]>;
  /** Gives the serial of the zone, which rises by 1 with each update that changed something. */
  readonly serial: () => Promise<number>;
  /** Gives a name these records of a type and no others, whatever it had; values and TTL in seconds. */
  readonly put: (name: string, type: 'A' | 'AAAA' | 'CNAME', values: readonly string[], ttl: number) => Promise<void>;
  /** kill -9; the zone with its journal stays. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same zone and port. */
  readonly restart: () => Promise<void>;
  /** Stops it and removes its folder. */
  readonly stop: () => Promise<void>;
}

/** Makes a key for updates. */
export function bindKey(algorithm: BindKey['algorithm'] = 'hmac-sha256', name = 'firebreak'): BindKey {
  return { name, algorithm, secret: randomBytes(32).toString('base64') };
}

/** Starts `named` with one zone in a folder of its own; it needs no root and touches nothing outside of the folder. */
export async function startBind(options: BindOptions): Promise<RigBind> {
  const { zone, key = bindKey(), place = HERE } = options;
  const folder = rigFolder('bind');
  const port = await freePort();
  writeFileSync(join(folder, 'zone.db'), zoneFile(options));
  const config = join(folder, 'named.conf');
  writeFileSync(config, configFile(options, { folder, port, key, host: place.host }));
  const [command, ...before] = [...place.through, installed('named')];
  const serial = async () => (await resolver(place.host, port).resolveSoa(zone)).serial;
  const start = () =>
    startProcess({
      name: 'named',
      command,
      args: [...before, '-g', '-4', '-n', '1', '-c', config],
      folder,
      ready: async () => (await serial()) > 0,
    });
  let running = await start();
  const write = async (bytes: Buffer): Promise<void> => {
    const { message } = signed(bytes, tsigKey(key.name, key.algorithm, key.secret), Math.floor(Date.now() / 1_000));
    const peer = { name: 'named', at: { host: place.host, port }, timeoutMs: 5_000 };
    const answer = await exchangeDns(peer, message, new AbortController().signal);
    if ((answer.readUInt16BE(2) & 15) !== 0) throw new Error(`named refused an update:\n${running.output(5)}`);
  };
  return {
    address: `${place.host}:${port}`,
    zone,
    key,
    process: () => running,
    lookUp: (name, type) => lookUp(resolver(place.host, port), name, type),
    serial,
    put: (name, type, values, ttl) => write(putMessage(zone, name, type, { values, ttl })),
    kill: () => running.kill(),
    restart: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      await running.stop();
      removeFolder(folder);
    },
  };
}

function zoneFile({ zone, records }: BindOptions): string {
  const soa = `@ 300 IN SOA ns.${zone}. admin.${zone}. 1 3600 600 86400 60`;
  return ['$TTL 300', soa, '@ 300 IN NS ns', 'ns 300 IN A 127.0.0.1', ...records, ''].join('\n');
}

function configFile(
  { zone, further }: BindOptions,
  at: { readonly folder: string; readonly port: number; readonly host: string; readonly key: BindKey },
): string {
  const { folder, port, host, key } = at;
  return [
    'options {',
    `  directory "${folder}"; pid-file none; session-keyfile none; lock-file none; managed-keys-directory "${folder}";`,
    `  listen-on port ${port} { ${host}; }; listen-on-v6 { none; };`,
    '  recursion no; notify no; dnssec-validation no; empty-zones-enable no; minimal-responses yes;',
    '};',
    'controls { };',
    `key "${key.name}" { algorithm ${key.algorithm}; secret "${key.secret}"; };`,
    `zone "${zone}" { type primary; file "zone.db"; allow-update { key "${key.name}"; }; };`,
    ...(further?.(folder) ?? []),
    '',
  ].join('\n');
}

function resolver(host: string, port: number): Resolver {
  const made = new Resolver({ timeout: 1_000, tries: 2 });
  made.setServers([`${host}:${port}`]);
  return made;
}

async function lookUp(
  from: Resolver,
  name: string,
  type: 'A' | 'AAAA' | 'CNAME',
): Promise<(readonly [string, number])[]> {
  try {
    if (type === 'CNAME') return (await from.resolveCname(name)).map((alias) => [alias, 0] as const);
    const found = type === 'A' ? await from.resolve4(name, { ttl: true }) : await from.resolve6(name, { ttl: true });
    return found.map(({ address, ttl }) => [address, ttl] as const).sort(([a], [b]) => a.localeCompare(b));
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOTFOUND' || error.code === 'ENODATA'))
      return [];
    throw error;
  }
}

/** Takes away whatever the name has, and gives it these records. */
function putMessage(
  zone: string,
  name: string,
  type: 'A' | 'AAAA' | 'CNAME',
  { values, ttl }: { readonly values: readonly string[]; readonly ttl: number },
): Buffer {
  const removal = { name, type: TYPE.ANY, class: CLASS.ANY, ttl: 0, data: Buffer.alloc(0) };
  const additions = values.map((value) => {
    return { name, type: TYPE[type], class: CLASS.IN, ttl, data: dataOf(type, value) };
  });
  return writeMessage({
    id: 1,
    opcode: OPCODE.UPDATE,
    question: { name: zone, type: TYPE.SOA, class: CLASS.IN },
    authorities: [removal, ...additions],
  });
}
