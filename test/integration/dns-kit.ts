import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import plugin from '../../plugins/cut-over-center/index.js';
import type { Json, PluginError } from '../../src/plugin-sdk/index.js';
import type { Action, BareEffectCall, BarePlanCall } from '../../src/plugin-sdk/plugin.js';
import { bindKey, startBind, type RigBind } from '../rig/bind.js';
import { startMiddle, type Middle } from '../rig/middle.js';

/** The zone that may be changed. */
export const ZONE = 'example.test';
/** The name that is changed. */
export const NAME = `orders.${ZONE}`;
/** Where it leads before each test. */
export const OLD = ['192.0.2.1'];
/** Where it is to lead. */
export const NEW = ['192.0.2.2'];
/** Parameters that the zone needs a change for. */
export const params = { server: 'main', name: NAME, type: 'A', values: NEW, ttl: 20 };
/** What updates are signed with. */
export const key = bindKey();

/** The real server, before each test as at first. */
export let bind: RigBind;
/** Stands between the plugin and the server. */
export let middle: Middle;
/** What the plugin has logged. */
export const lines: string[] = [];
const log = {
  info: (message: string, fields?: Json) => void lines.push(`info ${message} ${JSON.stringify(fields)}`),
  warn: (message: string, fields?: Json) => void lines.push(`warn ${message} ${JSON.stringify(fields)}`),
};

/** Starts the server and somebody in the middle for all tests of a file, and stops them. */
export function useDns(): void {
  beforeAll(async () => {
    bind = await startBind({
      zone: ZONE,
      key,
      records: [
        '*.wild 60 IN A 192.0.2.77',
        'alias 60 IN CNAME orders',
        'lent 60 IN NS ns.elsewhere.test.',
        '@ 60 IN A 192.0.2.80',
      ],
      further: (folder) => {
        const text =
          '$TTL 60\n@ IN SOA ns admin 1 60 60 60 60\n@ IN NS ns\nns IN A 192.0.2.1\norders 300 IN A 192.0.2.1\n';
        for (const name of ['still.db', 'inline.db', 'signed.db']) writeFileSync(join(folder, name), text);
        const update = `allow-update { key "${key.name}"; };`;
        const sign = `dnssec-policy default; key-directory "${folder}";`;
        return [
          'zone "still.test" { type primary; file "still.db"; };',
          `zone "signed.test" { type primary; file "signed.db"; ${update} ${sign} };`,
          `zone "inline.test" { type primary; file "inline.db"; ${update} ${sign} inline-signing yes; };`,
        ];
      },
    });
    middle = await startMiddle(bind.address);
  });
  afterAll(async () => {
    await middle?.stop();
    await bind?.stop();
  });
  beforeEach(async () => {
    await bind.put(NAME, 'A', OLD, 300);
    lines.length = 0;
  });
  afterEach(() => middle.meddle({}));
}

/** A call as the host makes it. */
export function call(differs: Partial<BareEffectCall & BarePlanCall> = {}): BareEffectCall & BarePlanCall {
  const signal = new AbortController().signal;
  return { key: 'k', epoch: 1, earlier: [], signal, log, fence: async () => {}, ...differs };
}

/** What a test changes about the server's configuration. */
export type Differs = Readonly<Record<string, unknown>>;

/** The action with one server, through the middle unless told. */
export function action(differs: Differs = {}, timeout = '1500ms'): Action {
  const main = { address: `127.0.0.1:${middle.port}`, zone: ZONE, key, ...differs };
  const dns = { servers: { main }, timeout };
  const found = plugin.instantiate({ dns }, log).provided.actions?.['dns'];
  return found ?? expect.fail('there is no action dns');
}

/** The error of something that must fail. */
export const failure = (doing: Promise<unknown>): Promise<PluginError> =>
  doing.then(
    () => expect.fail('it did not fail'),
    (error: PluginError) => error,
  );
/** What the server says now. */
export const valuesNow = async () => (await bind.lookUp(NAME, 'A')).map(([address]) => address);
/** Tells an update from a question. */
export const isUpdate = (piece: Buffer) => ((piece.readUInt16BE(4) >> 11) & 15) === 5;
