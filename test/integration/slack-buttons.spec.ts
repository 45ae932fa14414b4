import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STORIES } from '../../src/testing/course-stories.js';
import { accessSchema } from '../../src/config/access.js';
import { keep } from '../e2e/execution-kit.js';
import { waitFor } from '../rig/wait-for.js';
import { runbookFile, startApi, type ApiApp } from './api-app.js';

const SECRET = 'canary-slack-signing-secret';
const GRACE = 'slack:T01/U0GRACE';

/** What a press sends, as Slack documents "block_actions". */
const pressOf = (user: string, action: string, value: string, answerTo: string): string =>
  new URLSearchParams({
    payload: JSON.stringify({
      type: 'block_actions',
      team: { id: 'T01', domain: 'example' },
      user: { id: user, username: 'grace', team_id: 'T01' },
      api_app_id: 'A02',
      actions: [{ type: 'button', action_id: `firebreak-${action}`, block_id: 'b', value }],
      response_url: answerTo,
    }),
  }).toString();

describe('buttons in Slack', () => {
  let api: ApiApp;
  let slack: Server;
  let origin: string;
  const told: string[] = [];
  beforeEach(async () => {
    told.length = 0;
    slack = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (chunk: string) => told.push(chunk));
      request.on('end', () => response.end('ok'));
    });
    await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve));
    const address = slack.address();
    origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const { people, slack: settings } = accessSchema.parse({
      people: [{ name: 'grace', accounts: [GRACE], roles: ['approver'] }],
      slack: { signingSecret: SECRET, answers: origin },
    });
    const pair = runbookFile('pair').replace('approval: { within: 15m }', 'approval: { within: 15m, required: 2 }');
    const runbooks = { careful: runbookFile('careful'), pair };
    api = await startApi({ access: { people, slack: settings }, runbooks });
  });
  afterEach(async () => {
    await api.close();
    slack.closeAllConnections();
    slack.close();
  });

  /** Opens what waits for approval, and gives what its button means. */
  async function waiting(runbook = 'careful'): Promise<{ id: string; value: string }> {
    const { json } = await api.send('POST', `/api/v1/runbooks/${runbook}/executions?label.service=shop`, 'operator');
    await api.clock.pass(1_000);
    const { json: now } = await api.send('GET', `/api/v1/executions/${json.id}`, 'viewer');
    return { id: json.id, value: `${json.id} ${now.plan.digest}` };
  }

  /** Presses as Slack would; what is said otherwise is wrong about it. */
  function press(
    body: string,
    change: { readonly secret?: string; readonly at?: number; readonly headers?: Record<string, string> } = {},
  ) {
    const stamp = Math.floor((change.at ?? api.clock.now()) / 1_000);
    const signature = createHmac('sha256', change.secret ?? SECRET)
      .update(`v0:${stamp}:${body}`)
      .digest('hex');
    return api.send('POST', '/slack/interactions', undefined, body, {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(stamp),
      'x-slack-signature': `v0=${signature}`,
      ...change.headers,
    });
  }

  const phaseOf = async (id: string) => (await api.send('GET', `/api/v1/executions/${id}`, 'viewer')).json.phase;

  it('approve for the person whose account it is, say so there, and stand in the audit', async () => {
    const { id, value } = await waiting();
    expect((await press(pressOf('U0GRACE', 'approve', value, `${origin}/actions/1`))).status).toBe(200);
    await api.clock.pass(10_000);
    expect(await phaseOf(id)).toBe('closed');
    await waitFor('the answer in Slack', () => told[0], 30_000);
    expect(told[0]).toMatch(/"ephemeral".*You have approved it/);
    const { text } = await api.send('GET', '/api/v1/audit?limit=100', 'viewer');
    expect(text).toMatch(/"by":"grace"/);
    expect(text).toContain(`${GRACE} by slack from`);
  });

  it('I8: agree beside somebody who agrees elsewhere', async () => {
    const { id, value } = await waiting('pair');
    await press(pressOf('U0GRACE', 'approve', value, `${origin}/actions/1`));
    const digest = value.split(' ')[1];
    await api.send('POST', `/api/v1/executions/${id}/approve`, 'approver', { digest });
    await api.clock.pass(10_000);
    expect(await phaseOf(id)).toBe('closed');
  });

  it('reject', async () => {
    const { id, value } = await waiting();
    await press(pressOf('U0GRACE', 'reject', value, `${origin}/actions/1`));
    await api.clock.pass(1_000);
    expect((await api.send('GET', `/api/v1/executions/${id}`, 'viewer')).json.outcome).toBe('rejected');
  });

  it('take what is held, in the name of the person whose account it is, and change nothing else', async () => {
    const { held } = STORIES;
    if (held === undefined) throw new Error('there is no story of one that is held');
    await keep(api.store, held);
    const before = await api.store.get('held');
    expect((await press(pressOf('U0GRACE', 'take', 'held', `${origin}/actions/1`))).status).toBe(200);
    await waitFor('the answer in Slack', () => told[0], 30_000);
    expect(told[0]).toMatch(/"ephemeral".*You look after it now/);
    const { json, text } = await api.send('GET', '/api/v1/executions/held', 'viewer');
    expect(json).toMatchObject({ phase: 'held', taken: { by: 'grace', reason: 'taken in Slack' } });
    expect(text).not.toContain(SECRET);
    expect(await api.store.get('held')).toEqual(before);
    const audit = (await api.send('GET', '/api/v1/audit?limit=100', 'viewer')).text;
    expect(audit).toContain(`${GRACE} by slack from`);
  });

  it.each([
    ['a plan', `held ${'0'.repeat(64)}`],
    ['nothing', ''],
    ['a path', '../held'],
  ])('S13: to take that name %s are refused', async (_, value) => {
    expect((await press(pressOf('U0GRACE', 'take', value, `${origin}/actions/1`))).status).toBe(400);
    expect(told).toEqual([]);
  });

  it('tell whoever comes too late to take something that there is nothing to take', async () => {
    const { id } = await waiting();
    await api.send('POST', `/api/v1/executions/${id}/reject`, 'approver', { reason: 'no' });
    await press(pressOf('U0GRACE', 'take', id, `${origin}/actions/1`));
    await waitFor('the answer in Slack', () => told[0], 30_000);
    expect(told[0]).toMatch(/Not done: .* is closed/);
    expect(await api.store.outbox.taken(id)).toBeUndefined();
  });

  it('S15: tell whoever pressed for another plan than the present one, and approve nothing', async () => {
    const { id } = await waiting();
    await press(pressOf('U0GRACE', 'approve', `${id} ${'0'.repeat(64)}`, `${origin}/actions/1`));
    await waitFor('the answer in Slack', () => told[0], 30_000);
    expect(told[0]).toContain('Not done: ');
    expect(await phaseOf(id)).toBe('awaiting-approval');
  });

  it('S1: are nothing without a right signature of right now, by somebody who is linked', async () => {
    const { id, value } = await waiting();
    const body = pressOf('U0GRACE', 'approve', value, `${origin}/actions/1`);
    const now = api.clock.now();
    const wrong = [
      await press(body, { secret: 'another-secret-of-some-length' }),
      await press(body, { at: now - 301_000 }),
      await press(body, { at: now + 301_000 }),
      await press(body, { headers: { 'x-slack-signature': 'v0=' } }),
      await press(body, { headers: { 'x-slack-signature': '' } }),
      await press(body, { headers: { 'x-slack-request-timestamp': 'now' } }),
      await press(body, { headers: { cookie: 'a=b' } }),
      await press(body, { headers: { authorization: 'Bearer the-secret-token-of-approver' } }),
      await press('payload={'),
      await press(pressOf('../../x', 'approve', value, origin)),
      await api.send('POST', '/slack/interactions', undefined, body, {
        'content-type': 'application/x-www-form-urlencoded',
      }),
    ];
    // a cookie without an origin is refused before anybody asks whose it is
    expect(wrong.map(({ status }) => [401, 403].includes(status))).toEqual(wrong.map(() => true));
    // known to Slack is not known here
    expect((await press(pressOf('U0MALLORY', 'approve', value, origin))).status).toBe(403);
    expect(await phaseOf(id)).toBe('awaiting-approval');
    expect(told).toEqual([]);
  });

  it('are looked at once: who sends a recorded press again is refused', async () => {
    const { value } = await waiting();
    const body = pressOf('U0GRACE', 'approve', value, `${origin}/actions/1`);
    expect((await press(body)).status).toBe(200);
    expect((await press(body)).status).toBe(403);
  });

  it('S7: are answered at the configured origin only', async () => {
    const { value } = await waiting();
    const { status } = await press(pressOf('U0GRACE', 'approve', value, `http://localhost.evil.example/${origin}`));
    expect(status).toBe(200);
    expect(told).toEqual([]);
  });

  it('S13: with anything beside the payload are refused', async () => {
    const { id, value } = await waiting();
    const body = `${pressOf('U0GRACE', 'approve', value, origin)}&approvedBy=ada`;
    expect((await press(body)).status).toBe(400);
    expect(await phaseOf(id)).toBe('awaiting-approval');
  });

  it('S18: leave their secret nowhere', () => {
    expect(JSON.stringify(api.log)).not.toContain('canary');
  });
});
