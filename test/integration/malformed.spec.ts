import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exchange } from '../rig/exchange.js';
import { startService, type RigService } from '../rig/service.js';

const capture = readFileSync(
  new URL('../fixtures/captures/43-prom-centerdown-firing.json', import.meta.url),
  'utf8',
).trim();
const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  requestId: z.string(),
});
const fields = z.looseObject({ alerts: z.tuple([z.record(z.string(), z.unknown())]) });

interface Malformed {
  readonly name: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly type?: string;
  readonly encoding?: string;
}

/** Every kind of body that is none: cut off, of wrong types, of wrong shapes, of wrong formats. */
function malformed(): Malformed[] {
  const whole = fields.parse(JSON.parse(capture));
  const [alert] = whole.alerts;
  const withAlert = (change: object): string => JSON.stringify({ ...whole, alerts: [{ ...alert, ...change }] });
  const cut = Array.from({ length: 60 }, (_, i) => Math.floor(((i + 1) * (capture.length - 2)) / 61));
  const wrong = [null, 1, true, [], 'text', [1], { a: 1 }, -7.5, ''];
  const cases: Malformed[] = cut.map((end) => ({
    name: `cut off after ${end} characters`,
    body: capture.slice(0, end),
  }));
  for (const value of wrong) {
    const text = JSON.stringify(value);
    cases.push({ name: `alerts: ${text}`, body: JSON.stringify({ ...whole, alerts: value }) });
    cases.push({ name: `an alert that is ${text}`, body: JSON.stringify({ ...whole, alerts: [value] }) });
    cases.push({ name: `version: ${text}`, body: JSON.stringify({ ...whole, version: value }) });
    cases.push({ name: `status: ${text}`, body: withAlert({ status: value }) });
    cases.push({ name: `startsAt: ${text}`, body: withAlert({ startsAt: value }) });
    if (value !== null && typeof value === 'object' && Object.keys(value).length === 0) continue;
    cases.push({ name: `labels: ${text}`, body: withAlert({ labels: value }) });
  }
  return [
    ...cases.filter((one) => !['alerts: []'].includes(one.name)),
    { name: 'no version', body: '{"alerts":[]}' },
    { name: 'the top-level value is a list', body: '[]' },
    { name: 'the top-level value is a text', body: '"alerts"' },
    { name: 'a resolved alert without an end', body: withAlert({ status: 'resolved', endsAt: 'soon' }) },
    { name: 'a time that is none', body: withAlert({ startsAt: '2026-13-45T99:00:00Z' }) },
    { name: 'a number as a label', body: withAlert({ labels: { alertname: 7 } }) },
    { name: 'a label inside a label', body: withAlert({ labels: { alertname: { deeper: 'x' } } }) },
    { name: 'nested a hundred thousand deep', body: '['.repeat(100_000) },
    { name: 'nested a hundred thousand deep and closed', body: '['.repeat(100_000) + ']'.repeat(100_000) },
    { name: 'NUL characters', body: `\u0000${capture}` },
    { name: 'a byte order mark in the middle', body: capture.replace('{', '{\uFEFF') },
    { name: 'two bodies', body: capture + capture },
    { name: 'not UTF-8', body: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]) },
    { name: 'YAML', body: 'alerts:\n  - status: firing\n' },
    { name: 'XML', body: '<alerts/>', type: 'application/xml' },
    { name: 'a form', body: 'alerts=1', type: 'application/x-www-form-urlencoded' },
    { name: 'multipart', body: '--x\r\n\r\n--x--', type: 'multipart/form-data; boundary=x' },
    { name: 'plain text', body: capture, type: 'text/plain' },
    { name: 'gzip', body: new Uint8Array(gzipSync(capture)), encoding: 'gzip' },
    { name: 'a custom payload', body: '{"text":"CenterDown"}' },
    { name: 'version 3', body: JSON.stringify({ ...whole, version: '3' }) },
  ];
}

describe('bodies that are none', () => {
  let service: RigService;
  beforeAll(async () => {
    service = await startService({ runbooks: {}, env: { FIREBREAK_LOG_LEVEL: 'error' } });
  }, 120_000);
  afterAll(() => service.stop());

  const cases = malformed();
  it('are at least a hundred', () => expect(cases.length).toBeGreaterThan(100));

  it.each(cases)('S2: $name', async ({ body, type = 'application/json', encoding }) => {
    const headers = { 'content-type': type, ...(encoding === undefined ? {} : { 'content-encoding': encoding }) };
    const answer = await fetch(`${service.url}/api/v1/alert/trigger`, { method: 'POST', headers, body });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(problem.parse(await answer.json()).status).toBe(answer.status);
  });

  it('S2: more than 16 MiB are refused by their length, before they are read', async () => {
    const { hostname, port } = new URL(service.url);
    const head = `POST /api/v1/alert/trigger HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${17 * 1024 * 1024}\r\n\r\n`;
    const answer = await exchange({ host: hostname, port: Number(port) }, head);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"body-too-large"');
  });

  it('store nothing, and leave the service as it was', async () => {
    const answer = await fetch(`${service.url}/api/v1/decisions`);
    expect(await answer.json()).toMatchObject({ items: [] });
    expect(await (await fetch(`${service.url}/api/v1/executions`)).json()).toMatchObject({ items: [] });
    const good = await fetch(`${service.url}/api/v1/alert/trigger`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: capture,
    });
    expect(good.status).toBe(202);
    expect(service.process().output(50)).not.toMatch(/"level":"error"/);
  });
});
