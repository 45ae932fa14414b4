import { createHash } from 'node:crypto';
import type { BrowserContext } from 'playwright-core';
import type { Token } from '../../src/config/tokens.js';
import { evolve } from '../../src/core/evolve.js';
import type { MemoryExecutionStore } from '../../src/engine/memory-execution-store.js';
import type { Course } from '../../src/testing/courses.js';
import { startApi, type ApiApp, type ApiAppOptions } from '../integration/api-app.js';
import { freePort } from '../rig/processes.js';

/** A service that browsers reach under its own name, so that they may send its forms. */
export interface Console {
  readonly api: ApiApp;
  readonly origin: string;
}

/** Starts it. */
export async function startConsole(options: ApiAppOptions = {}): Promise<Console> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const api = await startApi({ ...options, publicUrl: origin });
  await api.nest.listen(port, '127.0.0.1');
  return { api, origin };
}

/** Puts an execution into the store, with all that has happened to it. */
export async function keep(store: MemoryExecutionStore, { execution, happened }: Course): Promise<void> {
  await store.open(execution, []);
  for (const { at, event } of happened) {
    const before = await store.get(execution.id);
    if (before === undefined) throw new Error(`${execution.id} is not there`);
    const evolved = evolve(before.execution, event, at);
    if (!evolved.ok) throw new Error(`${event.type}: ${evolved.detail}`);
    const saved = await store.append({ before, event, next: evolved.next, at });
    if (saved.saved !== 'yes') throw new Error(`${event.type}: ${saved.saved}`);
  }
}

/** The token of somebody. */
export const secretOf = (name: string): string => `the-secret-of-${name}`;

/** Somebody with roles, who shows a token. */
export function somebody(name: string, ...roles: string[]): Token {
  return { name, roles, sha256: createHash('sha256').update(secretOf(name)).digest('hex') };
}

/** Lets a browser act as somebody. */
export function actAs(context: BrowserContext, name: string): Promise<void> {
  return context.setExtraHTTPHeaders({ authorization: `Bearer ${secretOf(name)}` });
}
