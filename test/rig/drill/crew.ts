import { join } from 'node:path';
import { answersOk } from '../exchange.js';
import type { Place } from '../place.js';
import { freePort, removeFolder, rigFolder, startProcess, type Program, type RunningProcess } from '../processes.js';
import { rigProgram, writeInto } from '../project.js';

/** The service "orders" of one centre. */
export interface OrdersCenter {
  readonly name: string;
  readonly port: number;
  /** SIGKILL. */
  readonly kill: () => Promise<void>;
  /** Starts it again on its address, whatever state it is in; with other figures than at first if there are any. */
  readonly restart: (other?: { readonly policies?: string; readonly capacity?: number }) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Which service is started, and where. */
export interface OrdersOptions {
  readonly center: string;
  readonly place: Place;
  /** The database of its own centre. */
  readonly database: string;
  /** Orders in a second. */
  readonly capacity: number;
}

/** Policies that every centre has unless a test takes one away. */
export const POLICIES = 'egress=7,pricing=3';

/** Starts the service of one centre as a process of its own. */
export async function startOrders({ center, place, database, capacity }: OrdersOptions): Promise<OrdersCenter> {
  const folder = rigFolder(`orders-${center}`);
  const port = await freePort();
  const start = (policies = POLICIES, orders = capacity): Promise<RunningProcess> =>
    startNode(place, folder, 'orders', `orders-${center}`, {
      args: ['--center', center, '--host', place.host, '--port', String(port)].concat(
        ['--database', database, '--capacity', String(orders)],
        ['--policies', policies],
      ),
      ready: () => answersOk(`http://${place.host}:${port}/metrics`),
    });
  let running = await start();
  return {
    name: center,
    port,
    kill: () => running.kill(),
    restart: async (other = {}) => {
      await running.kill();
      running = await start(other.policies, other.capacity);
    },
    stop: async () => {
      await running.kill();
      removeFolder(folder);
    },
  };
}

/** Somebody who writes, and the files with what they have written and seen. */
export interface Witness {
  readonly writes: string;
  readonly looks?: string;
  readonly stop: () => Promise<void>;
}

/** Starts users who place orders through the load balancer, each one after the other. */
export async function startUsers(place: Place, url: string, writers: number): Promise<Witness> {
  const folder = rigFolder('users');
  const writes = writeInto(folder, 'writes.jsonl', '');
  const users = await startNode(place, folder, 'users', 'users', {
    args: ['--url', url, '--ledger', writes, '--writers', String(writers)],
    ready: () => true,
  });
  return {
    writes,
    stop: async () => {
      await users.stop();
      removeFolder(folder);
    },
  };
}

/** Starts somebody inside a centre who writes to its database and watches it, whatever happens to the network. */
export async function startInsider(
  place: Place,
  center: string,
  databases: { readonly orders: string; readonly watch: string },
): Promise<Witness> {
  const folder = rigFolder(`insider-${center}`);
  const [writes, looks] = [writeInto(folder, 'writes.jsonl', ''), writeInto(folder, 'looks.jsonl', '')];
  const insider = await startNode(place, folder, 'insider', `insider-${center}`, {
    args: ['--center', center, '--writes', writes, '--looks', looks].concat(
      ['--database', databases.orders],
      ['--watch', databases.watch],
    ),
    ready: () => true,
  });
  return {
    writes,
    looks,
    stop: async () => {
      await insider.stop();
      removeFolder(folder);
    },
  };
}

function startNode(
  place: Place,
  folder: string,
  program: string,
  name: string,
  { args, ready }: Pick<Program, 'args' | 'ready'>,
): Promise<RunningProcess> {
  const [command = '', ...rest] = [
    ...place.through,
    process.execPath,
    rigProgram(join('drill', `${program}.js`)),
    ...args,
  ];
  return startProcess({ name, command, args: rest, folder, ready });
}
