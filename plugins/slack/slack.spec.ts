import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Message } from '../../src/plugin-sdk/index.js';
import { freePort } from '../../test/rig/processes.js';
import { shownSettings } from '../../test/rig/shown-settings.js';
import plugin from './index.js';

const log = { info: () => {}, warn: () => {} };
const message: Message = {
  id: '1-awaiting-approval-1',
  event: 'awaiting-approval',
  title: 'Cut over centre a',
  text: 'centers: a state ready -> maint\nuntil 12:00',
  link: 'http://localhost:9700/executions/1?a=1&b=2',
  execution: { id: '1', runbook: 'cut-over-center', target: 'center/a', phase: 'awaiting-approval' },
};

// As Slack's reference of Block Kit has it; all markup characters must have been escaped.
const markupFree = z.string().regex(/^(?:[^<>&]|&(?:amp|lt|gt);)*$/);
const plainText = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: markupFree.min(1).max(most), emoji: z.boolean() });
const button = z.strictObject({
  type: z.literal('button'),
  action_id: z.string().max(255),
  text: plainText(75),
  style: z.enum(['primary', 'danger']).optional(),
  value: z.string().max(2_000),
  confirm: z
    .strictObject({
      title: plainText(100),
      text: plainText(300),
      confirm: plainText(30),
      deny: plainText(30),
    })
    .optional(),
});
const documented = z.strictObject({
  text: markupFree.min(1).max(40_000),
  mrkdwn: z.literal(false),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
  blocks: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('header'), text: plainText(150) }),
        z.strictObject({ type: z.literal('section'), text: plainText(3_000) }),
        z.strictObject({ type: z.literal('actions'), elements: z.array(button).min(1).max(25) }),
        z.strictObject({
          type: z.literal('context'),
          elements: z
            .array(
              z.union([
                plainText(3_000),
                z.strictObject({
                  type: z.literal('mrkdwn'),
                  text: z.string().regex(/^<https?:[^<>|]+\|Open in Firebreak>$/),
                  verbatim: z.literal(true),
                }),
              ]),
            )
            .max(10),
        }),
      ]),
    )
    .max(50),
});

let server: Server | undefined;
const bodies: string[] = [];
afterEach(() => {
  bodies.length = 0;
  server?.closeAllConnections();
  server?.close();
});

/** A stand-in for Slack: refuses, as Slack does, what has not the documented shape. */
async function slack(answer: (response: ServerResponse) => void = (r) => r.end('ok'), buttons?: boolean) {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      bodies.push(body);
      if (documented.safeParse(JSON.parse(body)).success) answer(response);
      else response.writeHead(400).end('invalid_blocks');
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${port}/services/T0/B0/canary-path`;
  const instance = plugin.instantiate(
    { channels: { oncall: { url, timeout: '300ms', ...(buttons === undefined ? {} : { buttons }) } } },
    log,
  );
  const signal = new AbortController().signal;
  return {
    instance,
    send: (what: Partial<Message> = {}) =>
      instance.provided.notifiers!['oncall']!.send({ signal, log }, { ...message, ...what }),
  };
}

describe('a message', () => {
  it('is posted as blocks, with a plain text for those who show none', async () => {
    await (await slack()).send();
    expect(JSON.parse(bodies[0] ?? '')).toEqual({
      text: 'Cut over centre a\ncenters: a state ready -&gt; maint\nuntil 12:00',
      mrkdwn: false,
      unfurl_links: false,
      unfurl_media: false,
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'Cut over centre a', emoji: false } },
        {
          type: 'section',
          text: { type: 'plain_text', text: 'centers: a state ready -&gt; maint\nuntil 12:00', emoji: false },
        },
        {
          type: 'context',
          elements: [
            {
              type: 'mrkdwn',
              text: '<http://localhost:9700/executions/1?a=1&amp;b=2|Open in Firebreak>',
              verbatim: true,
            },
            { type: 'plain_text', text: 'cut-over-center on center/a', emoji: false },
          ],
        },
      ],
    });
  });

  it('has buttons for one plan where people can answer in Slack, and only while it waits', async () => {
    const execution = { ...message.execution!, runbook: 'r'.repeat(400), digest: 'd'.repeat(64) };
    await (await slack(undefined, true)).send({ execution });
    await (await slack(undefined, true)).send();
    await (await slack()).send({ execution });
    const buttonsIn = (body: string) =>
      documented.parse(JSON.parse(body)).blocks.filter(({ type }) => type === 'actions');
    const value = `1 ${'d'.repeat(64)}`;
    expect(buttonsIn(bodies[0] ?? '')).toMatchObject([
      {
        elements: [
          { action_id: 'firebreak-approve', value },
          { action_id: 'firebreak-reject', value },
        ],
      },
    ]);
    expect(bodies.slice(1).flatMap(buttonsIn)).toEqual([]);
  });

  it('has a button to take what is held where people can answer in Slack, which asks nothing back', async () => {
    const execution = { ...message.execution!, phase: 'held' };
    await (await slack(undefined, true)).send({ event: 'held', execution });
    await (await slack()).send({ event: 'held', execution });
    const buttonsIn = (body: string) =>
      documented.parse(JSON.parse(body)).blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
    expect(buttonsIn(bodies[0] ?? '')).toEqual([
      {
        type: 'button',
        action_id: 'firebreak-take',
        text: { type: 'plain_text', text: 'I take it', emoji: false },
        value: '1',
      },
    ]);
    expect(buttonsIn(bodies[1] ?? '')).toEqual([]);
  });

  it.each<[string, Partial<Message>]>([
    ['mentions and links', { title: '<!channel> <https://evil.example|click>', text: '<@U1> & <#C1> &lt;' }],
    ['a title of 10,000 characters', { title: '&'.repeat(10_000) }],
    ['a title of several lines and control characters', { title: 'a\nb\u0007\u202Ec' }],
    ['a text of 100,000 characters in one line', { text: '<'.repeat(100_000) }],
    ['a text of 10,000 lines', { text: 'line\n'.repeat(10_000) }],
    ['a text of emptiness', { text: '\n\n \n' }],
    ['characters outside of the basic plane', { text: '\u{1F525}'.repeat(5_000), title: '\u{1F525}'.repeat(200) }],
    ['a link that tries to end itself', { link: 'http://localhost/a>|b<c' }],
  ])('S8: with %s is taken all the same, and is inert', async (_, what) => {
    await (await slack()).send(what);
    const sent = documented.parse(JSON.parse(bodies[0] ?? ''));
    expect(JSON.stringify(sent.blocks).length).toBeLessThan(13_000);
  });

  it('that is too long says so', async () => {
    await (await slack()).send({ text: 'a line of some length\n'.repeat(2_000) });
    expect(bodies[0]).toContain('shortened: all of it stands behind the link');
  });

  it.each([
    [
      'asks for patience',
      'overloaded',
      true,
      /429, and asks to wait 30 s/,
      429,
      'rate_limited',
      { 'retry-after': '30' },
    ],
    ['asks for patience without a time', 'overloaded', true, /for now \(429\)/, 429, '', {}],
    ['fails', 'target-failed', true, /answered 500, rollup_error/, 500, 'rollup_error', {}],
    ['has lost the webhook', 'refused-by-target', false, /404, no_service; make a new webhook/, 404, 'no_service', {}],
    ['is a gateway with a page', 'refused-by-target', false, /answered 403; make/, 403, '<html>canary-path</html>', {}],
    ['redirects', 'redirected', false, /302: redirects are not followed/, 302, '', { location: '/elsewhere' }],
  ])('to a Slack that %s is an error, and shows no secret', async (_, code, again, message_, status, text, headers) => {
    const { send } = await slack((r) => r.writeHead(status, headers).end(text));
    const error: unknown = await send().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, again, message: message_ });
    expect(String(error)).toContain('slack/oncall');
    expect(String(error)).not.toContain('canary');
    expect(bodies).toHaveLength(1);
  });

  it.each([
    ['silent', 'timed-out', () => {}],
    ['hanging up', 'target-unreachable', (r: ServerResponse) => void r.destroy()],
  ])('to a Slack that is %s is tried again', async (_, code, answer) => {
    const { send } = await slack(answer);
    await expect(send()).rejects.toMatchObject({ code, again: true });
  });
});

describe('the configuration', () => {
  it('holds the address as a secret', async () => {
    const { instance } = await slack();
    expect(instance.secrets.join()).toContain('canary-path');
    await instance.close();
  });

  it('of the README is one', () => {
    for (const shown of shownSettings('slack')) expect(() => plugin.instantiate(shown, log)).not.toThrow();
  });
});
