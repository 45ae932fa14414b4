import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { definePlugin } from '../../src/plugin-sdk/index.js';

const line = z.object({
  verb: z.enum(['apply', 'revert']),
  key: z.string(),
  name: z.string(),
  epoch: z.number(),
  at: z.number(),
  /** The service whose plugin wrote it. */
  pid: z.number(),
});

/** One write, as the target's own log has it. */
export type OracleLine = z.infer<typeof line>;

/** Reads the target's own log: what really happened, whatever Firebreak believes. */
export function readOracle(file: string): OracleLine[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((text) => text !== '');
  return lines.map((text) => line.parse(JSON.parse(text)));
}

/** For firebreak.yaml: the plugin runs in a child, which may write nothing unless that is permitted. */
export function oraclePermissions(file: string): string {
  return `permissions: { oracle: { write: [${dirname(file)}] } }\n`;
}

/** The file whose presence makes the probe `oracle/mood` unhealthy. */
export function moodFile(file: string): string {
  return `${file}.bad`;
}

function write(file: string, what: Omit<OracleLine, 'at' | 'pid'>): void {
  appendFileSync(file, `${JSON.stringify({ ...what, at: Date.now(), pid: process.ppid })}\n`);
}

/** A target of the tests: each change is one line at the end of a file that nobody else writes. */
export default definePlugin({
  id: 'oracle',
  sdk: 1,
  version: '1',
  config: z.strictObject({ file: z.string() }),
  connect: async ({ file }) => file,
  close: () => undefined,
  provide: ({ action, probe }) => ({
    probes: {
      mood: probe({
        summary: 'Is there no file that says that it is bad?',
        params: z.strictObject({}),
        measure: async ({ client }) =>
          existsSync(moodFile(client))
            ? { status: 'unhealthy', detail: 'it is bad' }
            : { status: 'healthy', detail: 'it is well' },
      }),
    },
    actions: {
      write: action({
        summary: 'Write a line',
        params: z.strictObject({ name: z.string().min(1), takesMs: z.number().default(0) }),
        before: z.null(),
        risk: 'low',
        idempotency: 'native-key',
        check: async () => ({ needed: true }),
        plan: async ({ params }) => ({
          summary: `write ${params.name}`,
          changes: [{ resource: params.name, attribute: 'line', from: null, to: 'written' }],
          before: null,
        }),
        apply: async (call) => {
          const { client, params, key, epoch, signal } = call;
          if (params.takesMs > 0) await pause(params.takesMs, undefined, { signal });
          await call.fence();
          write(client, { verb: 'apply', key, name: params.name, epoch });
          return { done: true };
        },
        verify: async ({ client, params }) => {
          const written = readOracle(client).some((entry) => entry.verb === 'apply' && entry.name === params.name);
          return written ? { took: true } : { took: false, detail: 'no line' };
        },
        revert: async (call) => {
          const { client, params, key, epoch } = call;
          await call.fence();
          write(client, { verb: 'revert', key, name: params.name, epoch });
          return { done: true };
        },
      }),
    },
  }),
});
