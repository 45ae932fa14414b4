import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Action, PluginInstance } from '../../../src/plugin-sdk/plugin.js';
import { CDS_YAML, RTDS_JSON } from '../../../test/rig/envoy-files.js';
import { plainCall } from '../../../test/rig/plain-call.js';
import { waitFor } from '../../../test/rig/wait-for.js';
import plugin from '../index.js';

// There is no Envoy here: a small server answers as its /clusters?format=json and /runtime do.
const log = { info: () => {}, warn: () => {} };
const params = { file: 'clusters', of: { cluster: 'orders', threshold: 'max_requests' }, limit: 100 };
const before = { limit: 1000 };
let folder: string;
let server: Server;
let answer: (url: string) => unknown;
let open: PluginInstance[] = [];

const inPlace = () => readFileSync(join(folder, 'cds.yaml'), 'utf8');
function actionWith(more: object = {}): Action {
  const files = { clusters: join(folder, 'cds.yaml'), runtime: join(folder, 'rtds.json') };
  const instance = plugin.instantiate({ envoyFile: { files, timeout: '1s', takes: '300ms', ...more } }, log);
  open.push(instance);
  return instance.provided.actions!['envoy-file']!;
}
function asked(): Action {
  const address = server.address();
  return actionWith({ admin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` });
}
/** What Envoy says of its thresholds. */
const goesBy = (most: number) => ({
  cluster_statuses: [
    {
      name: 'orders',
      circuit_breakers: { thresholds: [{ max_requests: most }, { priority: 'HIGH', max_requests: 5000 }] },
    },
  ],
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-limits-'));
  writeFileSync(join(folder, 'cds.yaml'), CDS_YAML);
  writeFileSync(join(folder, 'rtds.json'), RTDS_JSON);
  answer = () => goesBy(1000);
  server = createServer((request, response) => {
    const said = answer(request.url ?? '');
    if (said !== undefined) response.end(JSON.stringify(said));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

describe('throttle/envoy-file', () => {
  it('changes one number and the version, and nothing else', async () => {
    await actionWith().apply(plainCall(), params, before);
    expect(inPlace()).toBe(CDS_YAML.replace('max_requests: 1000', 'max_requests: 100').replace('"7"', '"8"'));
  });

  it('says from what to what', async () => {
    expect(await actionWith().plan(plainCall(), params)).toMatchObject({
      summary: 'max_requests of orders: 1000 -> 100; lifted to 325, 550, 1000, one each 30 s while it stays healthy',
      changes: [{ resource: 'envoy-file/clusters/orders', attribute: 'max_requests', from: 1000, to: 100 }],
    });
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['a cluster that is not there', { cluster: 'other', threshold: 'max_requests' }, 'unknown-name'],
    ['a cluster without thresholds', { cluster: 'plain', threshold: 'max_requests' }, 'not-understood'],
    ['a threshold that is not written', { cluster: 'orders', threshold: 'max_pending_requests' }, 'not-understood'],
    ['a layer where there are clusters', { layer: 'orders', key: 'x' }, 'unknown-name'],
  ])('makes no plan for %s', async (_, of, code) => {
    await expect(actionWith().plan(plainCall(), { ...params, of })).rejects.toMatchObject({ code, again: false });
  });

  it.each(['orders.note', 'orders.other', '__proto__', 'constructor'])('makes no plan for a value %s', async (key) => {
    const text = { ...params, file: 'runtime', of: { layer: 'limits', key } };
    await expect(actionWith().plan(plainCall(), text)).rejects.toMatchObject({ code: 'not-understood' });
  });

  it('overrules nobody', async () => {
    const other = CDS_YAML.replace('max_requests: 1000', 'max_requests: 700');
    const fence = async () => writeFileSync(join(folder, 'cds.yaml'), other);
    const changed = { code: 'changed-meanwhile', again: false };
    await expect(actionWith().apply(plainCall({ fence }), params, before)).rejects.toMatchObject(changed);
    await expect(actionWith().revert(plainCall(), params, before)).rejects.toMatchObject(changed);
    expect(inPlace()).toBe(other);
  });

  it('leaves the old file where the operator’s check refuses the new one', async () => {
    await expect(actionWith({ check: ['false'] }).apply(plainCall(), params, before)).rejects.toMatchObject({
      code: 'refused-by-check',
    });
    expect(inPlace()).toBe(CDS_YAML);
  });

  it('is done when Envoy goes by it', async () => {
    const action = asked();
    await action.plan(plainCall(), params);
    expect(await action.apply(plainCall(), params, before)).toEqual({ done: false, againInMs: 200 });
    expect(await action.verify(plainCall(), params, before)).toEqual({ took: false, detail: 'Envoy goes by 1000' });
    answer = () => goesBy(100);
    expect(await action.apply(plainCall(), params, before)).toEqual({ done: true });
    expect(await action.verify(plainCall(), params, before)).toEqual({ took: true });
  });

  it('fails when Envoy does not take it over in time, and can still be taken back', async () => {
    const action = asked();
    const failed = await waitFor(
      'the time to be over',
      async () =>
        action.apply(plainCall(), params, before).then(
          () => undefined,
          (error: unknown) => error,
        ),
      30_000,
    );
    expect(failed).toMatchObject({
      code: 'did-not-take',
      again: false,
      message: expect.stringContaining('goes by 1000'),
    });
    expect(await action.revert(plainCall(), params, before)).toEqual({ done: true });
    expect(inPlace()).toBe(CDS_YAML.replace('"7"', '"9"'));
  });

  it('asks Envoy’s runtime for its own values', async () => {
    answer = (url) => (url === '/runtime' ? { entries: { 'orders.per_second': { final_value: '300' } } } : undefined);
    const { before: was } = await asked().plan(plainCall(), {
      ...params,
      file: 'runtime',
      of: { layer: 'limits', key: 'orders.per_second' },
    });
    expect(was).toEqual({ limit: 300 });
  });

  it.each<[string, unknown, string]>([
    ['answers rubbish', 'hello', 'not-understood'],
    ['knows no such cluster', { cluster_statuses: [] }, 'not-in-force'],
    ['never answers', undefined, 'timed-out'],
  ])('makes a clear error of an Envoy that %s', async (_, said, code) => {
    answer = () => said;
    await expect(asked().plan(plainCall(), params)).rejects.toMatchObject({ code });
  });
});
