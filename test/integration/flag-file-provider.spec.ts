import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlagdProvider } from '@openfeature/flagd-provider';
import { OpenFeature, type Client } from '@openfeature/server-sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import plugin from '../../plugins/degrade-feature/index.js';
import { FLAGS_JSON } from '../rig/flag-files.js';
import { plainCall } from '../rig/plain-call.js';
import { waitFor } from '../rig/wait-for.js';

// How often the provider looks at its file.
const LOOKS_EVERY_MS = 5_007;
const params = { file: 'shop', feature: 'recommendations' };

let folder: string;
let application: Client;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-flags-'));
  const path = join(folder, 'flags.json');
  writeFileSync(path, FLAGS_JSON);
  await OpenFeature.setProviderAndWait(new FlagdProvider({ resolverType: 'in-process', offlineFlagSourcePath: path }));
  application = OpenFeature.getClient();
});
afterAll(async () => {
  await OpenFeature.close();
  rmSync(folder, { recursive: true });
});

it('D1: an application that reads the file through OpenFeature goes by it at its next look, there and back', async () => {
  const log = { info: () => {}, warn: () => {} };
  const section = { files: { shop: { path: join(folder, 'flags.json') } } };
  const action = plugin.instantiate({ file: section }, log).provided.actions!['file']!;
  const value = () => application.getNumberValue('recommendations', -1);
  const within = async (what: string, wanted: number, change: () => Promise<unknown>) => {
    await change();
    const start = performance.now();
    await waitFor(`the application to have ${wanted}`, async () => (await value()) === wanted, 30_000, 5);
    const took = performance.now() - start;
    console.log(`${what}: seen by the application after ${took.toFixed(0)} ms; it looks every ${LOOKS_EVERY_MS} ms`);
    // with the look after that it would be twice as long
    expect(took).toBeLessThan(2 * LOOKS_EVERY_MS - 500);
  };
  expect(await value()).toBe(10);

  const few = { ...params, variant: 'few' };
  const plan = await action.plan(plainCall(), few);
  await within('another variant', 3, () => action.apply(plainCall(), few, plan.before));
  const disabled = await action.plan(plainCall(), params);
  // Its own default, which stands in its code.
  await within('disabled', -1, () => action.apply(plainCall(), params, disabled.before));
  await action.revert(plainCall(), params, disabled.before);
  await within('as it was', 10, () => action.revert(plainCall(), few, plan.before));
}, 60_000);
