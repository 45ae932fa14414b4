import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Action, PluginInstance } from '../../src/plugin-sdk/plugin.js';
import plugin from '../../plugins/throttle/index.js';
import { limitFile, startLimitedNginx, type LimitedNginx } from '../rig/limited-nginx.js';
import { plainCall } from '../rig/plain-call.js';

const log = { info: () => {}, warn: () => {} };
const params = { name: 'shop', limit: 20 };
const before = { limit: 100 };
let nginx: LimitedNginx;
let open: PluginInstance[] = [];

/** The action with other settings for nginx, or for its limit. */
function actionWith(nginxIs: object = {}, limitIs: object = {}): Action {
  const { shop } = nginx.settings.limits;
  const settings = {
    timeout: '500ms',
    takes: '1s',
    ...nginx.settings,
    ...nginxIs,
    limits: { shop: { ...shop, ...limitIs } },
  };
  const instance = plugin.instantiate({ nginx: settings }, log);
  open.push(instance);
  return instance.provided.actions!['nginx']!;
}
const ask = () => nginx.says();
const file = () => readFileSync(nginx.file, 'utf8');

beforeAll(async () => {
  nginx = await startLimitedNginx(100);
});
afterAll(() => nginx?.stop());
beforeEach(() => nginx.reset(100));
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
});

describe('throttle/nginx', () => {
  it('limits what nginx lets through, and lets it through again', async () => {
    const action = actionWith();
    const burst = async () => {
      const shop = `http://127.0.0.1:${nginx.port}/shop`;
      const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(shop).then(({ status }) => status)));
      return answers.filter((status) => status === 200).length;
    };
    const slow = { ...params, limit: 1 };
    const plan = await action.plan(plainCall(), slow);
    expect(plan.summary).toBe(
      'rate of shop at nginx: 100 r/s -> 1 r/s; lifted to 25 r/s, 50 r/s, 100 r/s, one each 30 s while it stays healthy',
    );
    await action.apply(plainCall(), slow, plan.before);
    expect(await burst()).toBeLessThanOrEqual(7); // one, and the five of the burst, and perhaps a second is over
    await action.revert(plainCall(), slow, plan.before);
    expect([await ask(), file()]).toEqual(['100', limitFile(100)]);
  });

  it('says what is not as planned: a file that nginx has not read yet', async () => {
    writeFileSync(nginx.file, limitFile(70));
    await expect(actionWith().plan(plainCall(), params)).rejects.toMatchObject({
      code: 'not-in-force',
      message: 'rate of shop at nginx is set to 70 r/s, but nginx goes by 100 r/s',
    });
  });

  it('overrules nobody who changes the file between the look and the write', async () => {
    const fence = async () => writeFileSync(nginx.file, limitFile(70));
    await expect(actionWith().apply(plainCall({ fence }), params, before)).rejects.toMatchObject({
      code: 'changed-meanwhile',
      again: false,
    });
    expect(file()).toBe(limitFile(70));
  });

  it.each<[string, string]>([
    ['has another directive in it', `${limitFile(100)}limit_conn_zone $server_name zone=c:1m;\n`],
    ['has the limits per minute', limitFile(100).replace('r/s', 'r/m')],
    ['has two different numbers', limitFile(100).replace('default 100', 'default 90')],
    ['is empty', ''],
  ])('leaves a file alone that %s, and says what it should be', async (_, text) => {
    writeFileSync(nginx.file, text);
    await expect(actionWith().apply(plainCall(), params, before)).rejects.toMatchObject({
      code: 'not-understood',
      again: false,
      message: expect.stringContaining('limit_req_zone $server_name zone=shop:1m rate=100r/s; map $host'),
    });
    expect(file()).toBe(text);
  });

  it('S5: does not follow a symlink', async () => {
    const elsewhere = join(nginx.folder, 'elsewhere.conf');
    renameSync(nginx.file, elsewhere);
    symlinkSync(elsewhere, nginx.file);
    await expect(actionWith().check(plainCall(), params)).rejects.toMatchObject({ code: 'not-a-file' });
    renameSync(elsewhere, nginx.file);
  });
});

describe('when nginx does not take the new limit, the old one stays in force and in the file', () => {
  const asBefore = async () => expect([await ask(), file()]).toEqual(['100', limitFile(100)]);

  it('because somebody has broken another file: nginx’s own words say where', async () => {
    const conf = join(nginx.folder, 'nginx.conf');
    const sound = readFileSync(conf, 'utf8');
    writeFileSync(conf, sound.replace('events {}', 'events {}\nnonsense on;'));
    await expect(actionWith().apply(plainCall(), params, before)).rejects.toMatchObject({
      code: 'refused-by-target',
      again: false,
      message: expect.stringMatching(
        /the test of nginx ended with 1: .*unknown directive "nonsense".*; the file says 100 r\/s again$/,
      ),
    });
    writeFileSync(conf, sound);
    await asBefore();
  });

  it.each<[string, object, string]>([
    ['its test never ends', { test: ['sleep', '60'] }, 'timed-out'],
    ['its test can’t be run', { test: ['/nowhere/nginx', '-t'] }, 'not-runnable'],
    ['it can’t be told', { reload: ['false'] }, 'refused-by-target'],
    ['it is told and does nothing', { reload: ['true'] }, 'did-not-take'],
    ['its process id is not known', { reload: { pid: '/nowhere/nginx.pid' } }, 'target-unreachable'],
  ])('because %s', async (_, settings, code) => {
    const before_ = performance.now();
    await expect(actionWith(settings).apply(plainCall(), params, before)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('; the file says 100 r/s again'),
    });
    expect(performance.now() - before_).toBeLessThan(4_000);
    await asBefore();
  });

  it('I7: and whoever was overtaken after the write of the file tells nginx nothing', async () => {
    let asked = 0;
    const fence = async () => {
      if ((asked += 1) > 1) throw new Error('another process has taken over');
    };
    await expect(actionWith().apply(plainCall({ fence }), params, before)).rejects.toThrow('taken over');
    expect([await ask(), file()]).toEqual(['100', limitFile(20)]);
    expect(await actionWith().verify(plainCall(), params, before)).toEqual({
      took: false,
      detail: 'nginx goes by 100 r/s',
    });
    expect(await actionWith().revert(plainCall(), params, before)).toEqual({ done: true });
    await asBefore();
  });
});

describe('an nginx that does not say its limit', () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  it.each<[string, (end: (status: number, text: string) => void) => void, string]>([
    ['answers rubbish', (end) => end(200, 'hello'), 'not-understood'],
    ['answers 0', (end) => end(200, '0'), 'not-understood'],
    ['is asked at a wrong place', (end) => end(404, ''), 'not-understood'],
    ['never answers', () => {}, 'timed-out'],
  ])('because it %s makes a clear error, and nothing is changed', async (_, answer, code) => {
    server = createServer((_request, response) => answer((status, text) => void response.writeHead(status).end(text)));
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/limit`;
    await expect(actionWith({}, { ask: url }).plan(plainCall(), params)).rejects.toMatchObject({ code });
    server.closeAllConnections();
  });

  it('because it is not there makes a clear error', async () => {
    const gone = actionWith({}, { ask: 'http://127.0.0.1:1/limit' });
    await expect(gone.plan(plainCall(), params)).rejects.toMatchObject({ code: 'target-unreachable' });
  });

  it('makes one when its limit file is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'firebreak-nginx-'));
    const gone = actionWith({}, { file: join(folder, 'limit.conf') });
    await expect(gone.plan(plainCall(), params)).rejects.toMatchObject({ code: 'target-unreachable' });
    rmSync(folder, { recursive: true });
  });
});
