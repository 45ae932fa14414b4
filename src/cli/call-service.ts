import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { z } from 'zod';

/** The commands that call a running service. */
export type ServiceCommand = 'simulate' | 'executions' | 'approve' | 'pause';

const problem = z.object({ title: z.string(), detail: z.string(), code: z.string() });
const execution = z.object({
  id: z.string(),
  runbook: z.string(),
  target: z.string(),
  phase: z.string(),
  outcome: z.string().optional(),
  openedAt: z.string(),
});
const page = z.object({ items: z.array(execution) });

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

/**
 * Calls a running service and prints its answer.
 *
 * @param command what is wanted
 * @param args the rest of the command line
 * @param out takes the lines that a person reads
 * @returns 0 when the service did it, 1 when it said no
 */
export async function callService(
  command: ServiceCommand,
  args: readonly string[],
  out: (line: string) => void,
): Promise<number> {
  const { method, path, body } = requestFor(command, args);
  const base = process.env['FIREBREAK_URL'] ?? 'http://localhost:9700';
  const token = process.env['FIREBREAK_TOKEN'];
  const answer = await request(`${base}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 400) {
    const told = problem.safeParse(parse(text));
    out(
      told.success
        ? `${told.data.title}: ${told.data.detail} (${told.data.code})`
        : `HTTP ${answer.statusCode}: ${text.slice(0, 500)}`,
    );
    return 1;
  }
  if (command === 'executions') printExecutions(text, out);
  else out(JSON.stringify(parse(text), null, 2));
  return 0;
}

function requestFor(command: ServiceCommand, args: readonly string[]): Request {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      phase: { type: 'string' },
      limit: { type: 'string' },
      digest: { type: 'string' },
      reason: { type: 'string' },
      until: { type: 'string' },
    },
  });
  const first = positionals[0];
  switch (command) {
    case 'simulate':
      return {
        method: 'POST',
        path: '/api/v1/simulations',
        body: readFileSync(needed(first, 'a file with a webhook body'), 'utf8'),
      };
    case 'executions': {
      const query = new URLSearchParams({
        limit: values.limit ?? '20',
        ...(values.phase === undefined ? {} : { phase: values.phase }),
      });
      return { method: 'GET', path: `/api/v1/executions?${query.toString()}` };
    }
    case 'approve': {
      const id = encodeURIComponent(needed(first, "an execution's id"));
      const body = {
        digest: needed(values.digest, '--digest, as the plan shows it'),
        ...(values.reason === undefined ? {} : { reason: values.reason }),
      };
      return { method: 'POST', path: `/api/v1/executions/${id}/approve`, body: JSON.stringify(body) };
    }
    case 'pause': {
      const body = {
        scope: needed(first, 'a scope'),
        reason: needed(values.reason, '--reason'),
        ...(values.until === undefined ? {} : { until: values.until }),
      };
      return { method: 'POST', path: '/api/v1/pauses', body: JSON.stringify(body) };
    }
  }
}

function needed(value: string | undefined, what: string): string {
  if (value === undefined || value === '') throw new Error(`${what} is missing; see firebreak --help`);
  return value;
}

function printExecutions(text: string, out: (line: string) => void): void {
  const { items } = page.parse(parse(text));
  if (items.length === 0) return out('no executions');
  for (const { id, runbook, target, phase, outcome, openedAt } of items) {
    out([openedAt, id, (outcome ?? phase).padEnd(17), runbook, target].join('  '));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
