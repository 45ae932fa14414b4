import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import degradeFeature from '../../plugins/degrade-feature/index.js';
import throttle from '../../plugins/throttle/index.js';
import { CDS_YAML } from '../rig/envoy-files.js';
import { FLAGS_YAML } from '../rig/flag-files.js';
import { tried } from '../rig/one-step.js';

const log = { info: () => {}, warn: () => {} };
const UNTOUCHED = /^failed: no plan, nothing was touched: only: /;
const NOBODY = 65_534;

/** Does it as a user who has only what everybody has: nothing is forbidden to root. */
async function asNobody<T>(doing: () => Promise<T>): Promise<T> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return await doing();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-files-'));
  chmodSync(folder, 0o755);
});
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true });
});

const files = [
  {
    action: 'file',
    of: 'degrade-feature',
    text: FLAGS_YAML,
    plugin: (path: string) => degradeFeature.instantiate({ file: { files: { shop: { path } } } }, log),
    params: { file: 'shop', feature: 'recommendations' },
  },
  {
    action: 'envoy-file',
    of: 'throttle',
    text: CDS_YAML,
    plugin: (path: string) => throttle.instantiate({ envoyFile: { files: { shop: path } } }, log),
    params: { file: 'shop', of: { cluster: 'orders', threshold: 'max_requests' }, limit: 100 },
  },
];

describe.each(files)('$of/$action, when its file fails', ({ action, text, plugin, params }) => {
  const path = () => join(folder, 'watched.yaml');
  const run = () => tried(plugin(path()), action, params);
  beforeEach(() => {
    writeFileSync(path(), text);
    chmodSync(path(), 0o644);
  });

  it('is sound: a file that is well is changed', async () => {
    expect(await run()).toMatch(/^succeeded/);
    expect(readFileSync(path(), 'utf8')).not.toBe(text);
  });

  it('not there: nothing is made in its place', async () => {
    rmSync(path());
    const end = await run();
    expect(end).toMatch(UNTOUCHED);
    expect(end).toContain(`${path()} is not there`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('a folder in its place', async () => {
    rmSync(path());
    mkdirSync(path());
    const end = await run();
    expect(end).toMatch(UNTOUCHED);
    expect(end).toMatch(/no plain file/);
  });

  it('not to be read: the words name the file and the right that is missing', async () => {
    chmodSync(path(), 0o000);
    const end = await asNobody(run);
    expect(end).toMatch(UNTOUCHED);
    expect(end).toContain(path());
    expect(end).toMatch(/EACCES/);
  });

  it('in a folder that is not to be written to: it is left as it was, with nothing beside it', async () => {
    chmodSync(folder, 0o555);
    const end = await asNobody(run);
    expect(end).toMatch(/^failed: taken back because a step failed: /);
    expect(end).toMatch(/EACCES/);
    expect(end).toMatch(/Firebreak must be able to .*write into its folder/);
    expect(readFileSync(path(), 'utf8')).toBe(text);
    expect(readdirSync(folder)).toEqual(['watched.yaml']);
  });

  it.each([
    ['no text', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ['no YAML', Buffer.from('a: [1, {"b"\n\t- c')],
    ['YAML of something else', Buffer.from('hello: world\n')],
    ['nothing', Buffer.from('')],
  ])('holding %s: it is left as it is', async (_, bytes) => {
    writeFileSync(path(), bytes);
    expect(await run()).toMatch(UNTOUCHED);
    expect(readFileSync(path())).toEqual(bytes);
  });
});

describe('throttle/envoy-file, when what stands round its file fails', () => {
  let silent: Server;
  let admin: string;
  beforeAll(async () => {
    silent = createServer((socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    admin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  });
  afterAll(() => void silent?.close());

  const run = (settings: object) => {
    const path = join(folder, 'watched.yaml');
    writeFileSync(path, CDS_YAML);
    const plugin = throttle.instantiate({ envoyFile: { files: { shop: path }, timeout: '300ms', ...settings } }, log);
    return tried(plugin, 'envoy-file', files[1]?.params ?? {});
  };
  const sh = (script: string) => ({ check: ['/bin/sh', '-c', script, 'check'] });

  it.each([
    ['missing', { check: ['/no/such/check'] }, /can't be run: ENOENT/],
    ['hanging', sh('sleep 60'), /did not end within 300 ms/],
    ['killing itself', sh('kill -9 $$'), /killed by SIGKILL/],
    ['saying no', sh('echo "line 3: no such cluster" >&2; exit 2'), /line 3: no such cluster/],
  ])('a check that is %s: the old file stays, and nothing is left beside it', async (_, settings, words) => {
    const end = await run(settings);
    expect(end).toMatch(/^failed: taken back because a step failed: /);
    expect(end).toMatch(words);
    expect(readFileSync(join(folder, 'watched.yaml'), 'utf8')).toBe(CDS_YAML);
    expect(readdirSync(folder)).toEqual(['watched.yaml']);
  });

  it('an admin interface that is silent: nothing is planned without knowing what holds', async () => {
    const end = await run({ admin });
    expect(end).toMatch(UNTOUCHED);
    expect(end).toMatch(/Envoy did not answer within 300 ms/);
    expect(readFileSync(join(folder, 'watched.yaml'), 'utf8')).toBe(CDS_YAML);
  });
});
