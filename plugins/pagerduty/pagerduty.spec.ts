import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Message } from '../../src/plugin-sdk/index.js';
import { freePort } from '../../test/rig/processes.js';
import plugin from './index.js';

const log = { info: () => {}, warn: () => {} };
const message: Message = {
  id: '1-held-1',
  event: 'held',
  title: 'cut-over-center on center/a is held: a person must decide',
  text: 'nobody knows whether it took',
  link: 'http://localhost:9700/executions/1',
  execution: { id: '1', runbook: 'cut-over-center', target: 'center/a', phase: 'held' },
};

// As PagerDuty's reference of the Events API v2 has it.
const about = { routing_key: z.literal('canary-routing-key'), dedup_key: z.string().min(1).max(255) };
const documented = z.discriminatedUnion('event_action', [
  z.strictObject({ ...about, event_action: z.literal('resolve') }),
  z.strictObject({
    ...about,
    event_action: z.literal('trigger'),
    client: z.string(),
    client_url: z.url(),
    links: z.array(z.strictObject({ href: z.url(), text: z.string() })),
    payload: z.strictObject({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      component: z.string().optional(),
      group: z.string().optional(),
      class: z.string(),
      custom_details: z.record(z.string(), z.string()),
    }),
  }),
]);

let server: Server;
const seen: string[] = [];
afterEach(() => {
  seen.length = 0;
  server.closeAllConnections();
  server.close();
});

async function pagerduty(answer: (response: ServerResponse) => void) {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      seen.push(body);
      answer(response);
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${port}/v2/enqueue`;
  const services = { oncall: { routingKey: 'canary-routing-key', url, timeout: '1s' } };
  const instance = plugin.instantiate({ services }, log);
  return {
    instance,
    send: (what = message, signal = new AbortController().signal) =>
      instance.provided.notifiers!['oncall']!.send({ signal, log }, what),
  };
}

const taken = (): z.output<typeof documented>[] => seen.map((body) => documented.parse(JSON.parse(body)));

describe('an incident', () => {
  it('is opened by what a person must decide, is the same for all news of an execution, and is resolved by its end', async () => {
    const { send } = await pagerduty((r) => r.writeHead(202).end());
    const { execution } = message;
    await send();
    await send({ ...message, id: '1-awaiting-approval-1', event: 'awaiting-approval' });
    await send({ ...message, event: 'closed', execution: { ...execution!, phase: 'closed', outcome: 'reverted' } });
    expect(taken()).toMatchObject([
      { event_action: 'trigger', dedup_key: 'firebreak-1', payload: { severity: 'critical', source: 'center/a' } },
      { event_action: 'trigger', dedup_key: 'firebreak-1', payload: { severity: 'warning' } },
      { event_action: 'resolve', dedup_key: 'firebreak-1' },
    ]);
  });

  it('stays open when the execution failed: somebody must still look', async () => {
    const { send } = await pagerduty((r) => r.writeHead(202).end());
    await send({
      ...message,
      event: 'closed',
      execution: { ...message.execution!, phase: 'closed', outcome: 'failed' },
    });
    expect(taken()).toMatchObject([{ event_action: 'trigger', payload: { severity: 'error' } }]);
  });

  it('is one of its own for news of no execution, and stays within the limits', async () => {
    const { send } = await pagerduty((r) => r.writeHead(202).end());
    const { execution: _, ...storm } = message;
    await send({
      ...storm,
      id: 'k'.repeat(400),
      event: 'storm',
      title: 't\n'.repeat(5_000),
      text: 'x'.repeat(900_000),
    });
    expect(taken()).toHaveLength(1);
    expect(seen[0]!.length).toBeLessThan(512 * 1024);
  });

  it.each([
    ['does not know the key', 'refused-by-target', false, (r: ServerResponse) => r.writeHead(400).end('bad key')],
    ['asks for patience', 'overloaded', true, (r: ServerResponse) => r.writeHead(429).end()],
    ['fails', 'target-failed', true, (r: ServerResponse) => r.writeHead(500).end()],
    ['is silent', 'timed-out', true, () => {}],
    ['hangs up', 'target-unreachable', true, (r: ServerResponse) => r.destroy()],
  ])('S18: a PagerDuty that %s throws %s and shows no secret', async (_, code, again, answer) => {
    const { send } = await pagerduty(answer);
    const error: unknown = await send().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, again });
    expect(String(error)).toContain('pagerduty/oncall');
    expect(String(error)).not.toMatch(/canary/);
  });

  it('S18: its key is a secret', async () => {
    const { instance } = await pagerduty((r) => r.end());
    expect(instance.secrets).toContain('canary-routing-key');
  });
});
