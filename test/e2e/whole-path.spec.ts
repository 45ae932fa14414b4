import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { RigBrowser, picture } from '../rig/browser.js';
import { startOidc, type RigOidc } from '../rig/oidc.js';
import { answersOk } from '../rig/exchange.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from '../rig/processes.js';
import { builtProgram, projectRoot, writeInto } from '../rig/project.js';
import { waitFor } from '../rig/wait-for.js';

const TOKEN = 'the-token-of-alertmanager';
const messageSchema = z.looseObject({ event: z.string(), title: z.string(), link: z.url() });

const folder = rigFolder('whole-path');
const lamps = join(folder, 'lamps.json');
const messages: z.output<typeof messageSchema>[] = [];
let url: string;
let receiver: Server;
let oidc: RigOidc;
let service: RunningProcess;
let browser: RigBrowser;

async function startReceiver(): Promise<string> {
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      messages.push(messageSchema.parse(JSON.parse(body)));
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const address = receiver.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/oncall`;
}

function settings(chat: string): string {
  const practice = readFileSync(join(projectRoot, 'runbooks/practice.yaml'), 'utf8');
  writeInto(folder, 'runbooks/practice.yaml', `${practice}  notify: [webhook/oncall]\n`);
  const guide = readFileSync(join(projectRoot, 'runbooks/practice.md.hbs'), 'utf8');
  writeInto(folder, 'runbooks/practice.md.hbs', guide);
  const { issuer, clientId, clientSecret } = oidc.settings;
  return `
publicUrl: ${url}
plugins:
  practice: { file: ${lamps} }
  webhook: { receivers: { oncall: { url: '${chat}' } } }
tokens:
  - { name: alertmanager-a, sha256: ${createHash('sha256').update(TOKEN).digest('hex')}, roles: [source] }
access:
  oidc: { issuer: '${issuer}', clientId: ${clientId}, clientSecret: ${clientSecret}, title: Log in with the rig }
  grants: [{ roles: [approver], groups: [on-call] }]
`;
}

beforeAll(async () => {
  const port = await freePort();
  url = `http://localhost:${port}`;
  oidc = await startOidc(url);
  oidc.people.set('s-ada', { email: 'ada@example.org', email_verified: true, groups: ['on-call'] });
  const config = writeInto(folder, 'firebreak.yaml', settings(await startReceiver()));
  service = await startProcess({
    name: 'service',
    command: process.execPath,
    args: [builtProgram('src/main.js')],
    folder,
    env: {
      FIREBREAK_PORT: String(port),
      FIREBREAK_DATA_DIR: join(folder, 'data'),
      FIREBREAK_RUNBOOKS: join(folder, 'runbooks'),
      FIREBREAK_CONFIG: config,
    },
    ready: () => answersOk(`http://127.0.0.1:${port}/-/ready`),
    readyWithinMs: 60_000,
  });
  browser = await RigBrowser.start();
}, 120_000);

afterAll(async () => {
  await browser?.stop();
  await service?.stop();
  await oidc?.stop();
  receiver?.closeAllConnections();
  receiver?.close();
  removeFolder(folder);
});

async function alert(resolved = false): Promise<void> {
  const labels = { alertname: 'FirebreakPractice', lamp: 'first', severity: 'info' };
  const now = Date.now();
  const times = resolved ? { startsAt: started, endsAt: new Date(now - 1).toISOString() } : { startsAt: started };
  const answer = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify([{ labels, ...times }]),
  });
  expect(answer.status).toBe(200);
}

const started = new Date(Date.now() - 5_000).toISOString();
const lamp = (): string => (existsSync(lamps) ? readFileSync(lamps, 'utf8').trim() : '{}');

it(
  'alert -> message -> its link -> login -> plan -> approve -> live timeline -> taken back',
  { timeout: 180_000 },
  async () => {
    await alert();
    const asked = await waitFor(
      'the message',
      () => messages.find(({ event }) => event === 'awaiting-approval'),
      30_000,
    );
    expect(asked.link).toMatch(/\/executions\/[\w-]+\/approve$/);
    expect(lamp()).toBe('{}');

    const { page, complaints } = await browser.open({ size: 'phone', theme: 'dark' });
    await page.goto(asked.link);
    expect(page.url()).toContain('/login?next=');
    await page.getByRole('link', { name: 'Log in with the rig' }).click();
    await page.getByLabel('Who?').fill('s-ada');
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.waitForURL(asked.link);

    const plan = await page.locator('main').innerText();
    expect(plan).toContain('lamp/first');
    expect(plan).toMatch(/"?off"?\s*(→|->)\s*"?on"?/);
    // the human part of the runbook, with what this alert says
    expect(await page.locator('#guide').textContent()).toContain('Practice: the lamp first');
    await picture(page, 'whole-path-1-plan');
    expect(lamp()).toBe('{}');
    await page.getByRole('button', { name: /^Approve/ }).click();

    await page.waitForURL(asked.link.replace(/\/approve$/, '**'));
    const origin = page.url();
    await page.getByText('in force', { exact: false }).first().waitFor({ timeout: 30_000 });
    await waitFor('the lamp', () => lamp() === '{"first":"on"}', 30_000);
    await picture(page, 'whole-path-2-holding');

    await alert(true);
    // the page is not loaded again by anybody: what comes now is live
    await page.locator('main').getByText('reverted').first().waitFor({ timeout: 60_000 });
    expect(page.url()).toBe(origin);
    expect(lamp()).toBe('{"first":"off"}');
    expect(await page.locator('main').innerText()).toContain('ada@example.org');
    await picture(page, 'whole-path-3-reverted');
    expect(complaints).toEqual([]);
    await waitFor('the last message', () => messages.some(({ event }) => event === 'closed'), 30_000);
  },
);
