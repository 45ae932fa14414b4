import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../src/plugin-sdk/index.js';
import type { Action, PluginInstance } from '../../../src/plugin-sdk/plugin.js';
import { EDS_YAML } from '../../../test/rig/envoy-files.js';
import { freePort } from '../../../test/rig/processes.js';
import { waitFor } from '../../../test/rig/wait-for.js';
import { plainCall } from '../../../test/rig/plain-call.js';
import plugin from '../index.js';
import { parse } from './text.js';

// There is no Envoy here: a small server answers as the source of its /config_dump says.
const log = { info: () => {}, warn: () => {} };
const params = { file: 'orders', resource: 'orders', weights: { 'north/a': 0, 'north/b': 100 } };
let folder: string;
let server: Server;
let answer: (url: string) => { status: number; body: Json };
let instance: PluginInstance;
let action: Action;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-envoy-'));
  writeFileSync(join(folder, 'eds.yaml'), EDS_YAML);
  server = createServer((request, response) => {
    const { status, body } = answer(request.url ?? '');
    response.writeHead(status).end(JSON.stringify(body));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const files = { orders: join(folder, 'eds.yaml') };
  const envoyFile = { files, admin: `http://127.0.0.1:${port}`, takes: '300ms' };
  instance = plugin.instantiate({ envoyFile }, log);
  action = instance.provided.actions!['envoy-file']!;
});
afterEach(async () => {
  await instance.close();
  server.close();
  rmSync(folder, { recursive: true });
});

/** What Envoy shows when it goes by such a file: weights of 0 are written, localities without endpoints are left out. */
function shown(text: string, error?: string): Json {
  const { response } = parse(text, 'yaml');
  const [resource] = response.resources;
  const endpoints = (resource !== undefined && 'endpoints' in resource ? resource.endpoints : []).map((one) => ({
    ...one,
    load_balancing_weight: one.load_balancing_weight ?? 0,
  }));
  const failed = error === undefined ? {} : { error_state: { details: error } };
  const config = { endpoint_config: { ...resource, endpoints }, ...failed };
  return dumpOf({
    '@type': 'type.googleapis.com/envoy.admin.v3.EndpointsConfigDump',
    static_endpoint_configs: [config],
  });
}
const dumpOf = (config: object): Json =>
  z.json().parse(JSON.parse(JSON.stringify({ configs: [{ '@type': 'other' }, config] })));
const inPlace = () => readFileSync(join(folder, 'eds.yaml'), 'utf8');

describe('an action that may ask Envoy', () => {
  it('is done when Envoy goes by the new weights, and asks for the one resource only', async () => {
    const asked: string[] = [];
    answer = (url) => {
      asked.push(url);
      return { status: 200, body: shown(asked.length < 3 ? EDS_YAML : inPlace()) };
    };
    const { before } = await action.plan(plainCall(), params);
    expect(await action.apply(plainCall(), params, before)).toEqual({ done: false, againInMs: 200 });
    expect(await action.verify(plainCall(), params, before)).toEqual({
      took: false,
      detail: 'in Envoy north/a has 100, not 0; north/b has 0, not 100',
    });
    expect(await action.apply(plainCall(), params, before)).toEqual({ done: true });
    expect(await action.verify(plainCall(), params, before)).toEqual({ took: true });
    expect(asked[0]).toBe('/config_dump?include_eds=&name_regex=%5Eorders%24');
  });

  it('fails when Envoy does not take it over in time, and says why', async () => {
    answer = () => ({ status: 200, body: shown(EDS_YAML, 'malformed address') });
    const { before } = await action.plan(plainCall(), params);
    await action.apply(plainCall(), params, before);
    const failed = await waitFor(
      'the time to be over',
      () =>
        action.apply(plainCall(), params, before).then(
          () => undefined,
          (error: unknown) => error,
        ),
      30_000,
    );
    expect(failed).toMatchObject({
      code: 'did-not-take',
      again: false,
      message: expect.stringContaining('it refused: malformed address'),
    });
    answer = () => ({ status: 200, body: shown(inPlace()) });
    expect(await action.revert(plainCall(), params, before)).toEqual({ done: true });
    expect(inPlace()).toContain('load_balancing_weight: 100');
  });

  it.each<[string, number, Json, object]>([
    [
      'knows no such cluster',
      200,
      dumpOf({ dynamic_endpoint_configs: [] }),
      { took: false, detail: 'Envoy knows no orders' },
    ],
    [
      'goes by no weights at all',
      200,
      dumpOf({
        static_endpoint_configs: [
          { endpoint_config: { ...Object(parse(EDS_YAML, 'yaml').tree).resources[0], endpoints: [] } },
        ],
      }),
      { took: false, detail: expect.stringContaining('does the cluster have locality_weighted_lb_config?') },
    ],
  ])('says so when Envoy %s', async (_, status, body, expected) => {
    answer = () => ({ status, body });
    const { before } = await action.plan(plainCall(), params);
    await action.apply(plainCall(), params, before).catch(() => {});
    expect(await action.verify(plainCall(), params, before)).toEqual(expected);
  });

  it.each<[number, Json]>([
    [503, {}],
    [200, 'hello'],
    [200, { configs: 'many' }],
  ])('does not take an answer of %i with %j for a success', async (status, body) => {
    answer = () => ({ status, body });
    const { before } = await action.plan(plainCall(), params);
    await expect(action.apply(plainCall(), params, before)).rejects.toMatchObject({ code: 'not-understood' });
  });
});
