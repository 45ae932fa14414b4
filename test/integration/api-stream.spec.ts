import { request, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MOST_STREAMS } from '../../src/api/stream.controller.js';
import { waitFor } from '../rig/wait-for.js';
import { startApi, tokenOf, type ApiApp } from './api-app.js';
import type { ApiJson } from './api-json.js';

/** A reader of Server-Sent Events over a real connection. */
class Reader {
  text = '';
  ended = false;
  private constructor(readonly answer: IncomingMessage) {
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => (this.text += chunk));
    answer.on('end', () => (this.ended = true));
    answer.on('error', () => undefined);
  }

  static open(port: number, path: string, headers: Record<string, string> = {}): Promise<Reader> {
    return new Promise((resolve, reject) => {
      const asking = request({
        host: '127.0.0.1',
        port,
        path,
        agent: false,
        headers: { authorization: `Bearer ${tokenOf('viewer')}`, ...headers },
      });
      asking
        .on('response', (answer) => resolve(new Reader(answer)))
        .on('error', reject)
        .end();
    });
  }

  get events(): { id: number; name: string; data: ApiJson }[] {
    return this.text.split('\n\n').flatMap((block) => {
      const [, id, name, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      return data === undefined ? [] : [{ id: Number(id), name: name ?? '', data: JSON.parse(data) }];
    });
  }

  get names(): string[] {
    return this.events.map(({ id, name, data }) => `${id} ${name === 'journal' ? data.event.type : name}`);
  }
}

describe('the stream of an execution', () => {
  let api: ApiApp;
  let port: number;
  const readers: Reader[] = [];
  beforeEach(async () => {
    api = await startApi();
    await api.nest.listen(0, '127.0.0.1');
    port = Number(new URL(await api.nest.getUrl()).port);
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.answer.destroy();
    await api.close();
  });

  async function opened(runbook: string): Promise<string> {
    const { json } = await api.send('POST', `/api/v1/runbooks/${runbook}/executions`, 'operator', {
      labels: { service: 'shop' },
    });
    await api.clock.pass(10);
    return json.id;
  }
  async function follow(id: string, headers?: Record<string, string>, query = ''): Promise<Reader> {
    const reader = await Reader.open(port, `/api/v1/executions/${id}/stream${query}`, headers);
    readers.push(reader);
    return reader;
  }
  const until = (what: string, holds: () => boolean) => waitFor(what, holds, 30_000);

  it('gives what has happened, then what happens, then "closed", and ends', async () => {
    const id = await opened('careful');
    const reader = await follow(id);
    expect(reader.answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    await until('the first events', () => reader.events.length === 2);
    expect(reader.names).toEqual(['1 opened', '2 planned']);
    await api.send('POST', `/api/v1/executions/${id}/reject`, 'approver', { reason: 'no' });
    await until('the end', () => reader.ended);
    expect(reader.names).toEqual(['1 opened', '2 planned', '3 rejected', '3 closed']);
    expect(reader.events.at(-1)?.data).toEqual({
      id,
      outcome: 'rejected',
      detail: 'rejected by approver: no',
      closedAt: '2026-11-01T12:00:00.010Z',
    });
    expect(reader.events[0]?.data).toMatchObject({ seq: 1, at: '2026-11-01T12:00:00.000Z' });
  });

  it('goes on after Last-Event-ID, or lastEventId', async () => {
    const id = await opened('quick');
    for (const [headers, query] of [
      [{ 'last-event-id': '2' }, ''],
      [{}, '?lastEventId=2'],
    ] as const) {
      const reader = await follow(id, headers, query);
      await until('the end', () => reader.ended);
      expect(reader.names).toEqual(['3 apply-intended', '4 applied', '4 closed']);
    }
  });

  it('says "closed" again to whoever has everything', async () => {
    const reader = await follow(await opened('quick'), { 'last-event-id': '4' });
    await until('the end', () => reader.ended);
    expect(reader.names).toEqual(['4 closed']);
  });

  it('finds by itself what nobody told it', async () => {
    const id = await opened('careful');
    api.store.watch = () => () => undefined;
    const reader = await follow(id);
    await until('the first events', () => reader.events.length === 2);
    await api.send('POST', `/api/v1/executions/${id}/reject`, 'approver');
    expect(reader.ended).toBe(false);
    await api.clock.pass(2_000);
    await until('the end', () => reader.ended);
  });

  it('beats its heart every 15 s while nothing happens', async () => {
    const reader = await follow(await opened('careful'));
    await until('the first events', () => reader.events.length === 2);
    for (let i = 0; i < 16; i++) await api.clock.pass(2_000);
    await until('two heartbeats', () => reader.text.split(': still here').length === 3);
  });

  it('lives through a time without a store', async () => {
    const id = await opened('careful');
    const reader = await follow(id);
    await until('the first events', () => reader.events.length === 2);
    const { journal } = api.store;
    api.store.journal = () => Promise.reject(new Error('Connection is closed.'));
    await api.clock.pass(2_000);
    api.store.journal = journal;
    await api.send('POST', `/api/v1/executions/${id}/reject`, 'approver');
    await until('the end', () => reader.ended);
    expect(reader.names.at(-1)).toBe('3 closed');
  });

  it('I15: lets go of everything when the reader goes', async () => {
    const id = await opened('careful');
    let watching = 0;
    const watch = api.store.watch.bind(api.store);
    api.store.watch = (changed) => {
      watching++;
      const stop = watch(changed);
      return () => {
        watching--;
        stop();
      };
    };
    const both = [await follow(id), await follow(id)];
    await until('both to read', () => both.every((reader) => reader.events.length === 2));
    expect(watching).toBe(1);
    for (const reader of both) reader.answer.destroy();
    await until('nobody to listen', () => watching === 0);
  });

  it('I15: sends the one away that would be too many, until somebody goes', { timeout: 120_000 }, async () => {
    const id = await opened('careful');
    for (let i = 0; i < MOST_STREAMS; i++) await follow(id);
    const refused = await api.send('GET', `/api/v1/executions/${id}/stream`, 'viewer');
    expect(refused.status).toBe(503);
    readers[0]?.answer.destroy();
    await waitFor(
      'a place',
      async () => {
        const reader = await follow(id);
        return reader.answer.statusCode === 200;
      },
      30_000,
    );
  });

  it('ends when the service stops, so that it can stop', async () => {
    const reader = await follow(await opened('careful'));
    await until('the first events', () => reader.events.length === 2);
    const began = performance.now();
    await api.nest.close();
    expect(performance.now() - began).toBeLessThan(5_000);
    await until('the end', () => reader.ended);
    expect(reader.names).toEqual(['1 opened', '2 planned']);
  });

  it('HEAD opens nothing, also many times', async () => {
    const id = await opened('careful');
    for (let i = 0; i < MOST_STREAMS + 1; i++)
      expect((await api.send('HEAD', `/api/v1/executions/${id}/stream`, 'viewer')).status).toBe(200);
    for (let i = 0; i < MOST_STREAMS + 1; i++) await api.send('GET', '/api/v1/executions/x9/stream', 'viewer');
    expect((await follow(id)).answer.statusCode).toBe(200);
  });

  it('refuses what it does not know', async () => {
    expect((await api.send('GET', '/api/v1/executions/x9/stream', 'viewer')).json.code).toBe('not-found');
    const id = await opened('careful');
    expect(
      (await api.send('GET', `/api/v1/executions/${id}/stream`, 'viewer', undefined, { 'last-event-id': 'x' })).json
        .code,
    ).toBe('wrong-parameter');
    expect((await api.send('GET', `/api/v1/executions/${id}/stream?after=2`, 'viewer')).json.code).toBe(
      'wrong-parameter',
    );
  });
});
