import { PluginError } from '../../src/plugin-sdk/index.js';

/** What an operator can make of a server: take requests, finish those it has, or nothing at all. */
export const ADMIN_STATES = ['ready', 'drain', 'maint'] as const;

/** One of these. */
export type AdminState = (typeof ADMIN_STATES)[number];

/** One server of a backend, as `show servers state` tells. */
export interface HaproxyServer {
  readonly name: string;
  /** What an operator asked for; other reasons not to serve don't show here. */
  readonly state: AdminState;
  /** 0 to 256, as asked for; a drained server keeps it. */
  readonly weight: number;
  /** Takes new requests now. */
  readonly serving: boolean;
  /** Would take new requests in state `ready` with a weight above 0, as far as HAProxy knows: in maintenance it does not check. */
  readonly able: boolean;
  /** Whole seconds since its state last changed, for whatever reason. */
  readonly changedSecondsAgo: number;
}

// srv_admin_state, from HAProxy's server-t.h.
const FORCED_MAINT = 0x01;
const FORCED_DRAIN = 0x08;
// Inherited from a tracked server, no address by DNS, no address for a host name: `set server state` does not lift these.
const OTHER_MAINT = 0x02 | 0x20 | 0x40;
const INHERITED_DRAIN = 0x10;
// srv_op_state: starting (in slow start) and running take requests, stopped and stopping don't.
const TAKES_REQUESTS = new Set([1, 2]);

/**
 * Reads the answer to `show servers state <backend>`.
 *
 * @throws PluginError `not-understood` when it is not version 1 of that table
 */
export function parseServers(answer: string): HaproxyServer[] {
  const [version, header, ...rows] = answer.trim().split('\n');
  if (version !== '1' || header === undefined || !header.startsWith('# ')) {
    throw new PluginError(
      'not-understood',
      `HAProxy's table of servers was not understood: ${answer.slice(0, 200).trim()}`,
      false,
    );
  }
  const columns = header.slice(2).split(' ');
  return rows.filter((row) => row !== '').map((row) => serverOf(columns, row.split(' ')));
}

/**
 * Reads the answer to `show stat <backend> 4 -1`: how many sessions each server has now.
 *
 * @returns undefined when the answer is no such table
 */
export function parseSessions(answer: string): ReadonlyMap<string, number> | undefined {
  const [header, ...rows] = answer.trim().split('\n');
  if (header === undefined || !header.startsWith('# pxname,svname,')) return undefined;
  const at = header.split(',').indexOf('scur');
  const cells = rows.map((row) => row.split(','));
  if (cells.some((row) => !/^\d+$/.test(row[at] ?? ''))) return undefined;
  return new Map(cells.map((row) => [row[1] ?? '', Number(row[at])]));
}

function serverOf(columns: readonly string[], cells: readonly string[]): HaproxyServer {
  const cell = (column: string) => cells[columns.indexOf(column)] ?? '';
  const number = (column: string) => {
    const text = cell(column);
    if (!/^\d+$/.test(text))
      throw new PluginError('not-understood', `HAProxy's table of servers has no number ${column}`, false);
    return Number(text);
  };
  const admin = number('srv_admin_state');
  const weight = number('srv_uweight');
  const runs = TAKES_REQUESTS.has(number('srv_op_state'));
  const heldBack = (admin & (OTHER_MAINT | INHERITED_DRAIN)) !== 0;
  const state = (admin & FORCED_MAINT) !== 0 ? 'maint' : (admin & FORCED_DRAIN) !== 0 ? 'drain' : 'ready';
  const able = !heldBack && (runs || state === 'maint');
  const serving = able && runs && state === 'ready' && weight > 0;
  const changedSecondsAgo = number('srv_time_since_last_change');
  return { name: cell('srv_name'), state, weight, serving, able, changedSecondsAgo };
}
