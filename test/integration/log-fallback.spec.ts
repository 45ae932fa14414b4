import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { writeInto } from '../rig/project.js';
import { startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

const RUNBOOK = `apiVersion: firebreak/v1
kind: Runbook
metadata: { name: lamp, title: Switch the lamp on, owner: team-x }
spec:
  match: ['alertname="Dark"']
  target: 'lamp/{{labels.room}}'
  mode: approve
  steps: [{ name: on, uses: practice/lamp, with: { lamp: '{{labels.room}}', state: on } }]
`;

interface Line {
  readonly message: string;
  readonly config_version?: string;
  readonly source_id?: string;
  readonly fallback_context?: { readonly original_endpoint: string };
}

const folder = rigFolder('fallback');
let service: RigService;

function lines(): Line[] {
  return service
    .process()
    .output(1_000)
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
}

/** The newest line with a message that begins so. */
function said(beginning: string): Promise<Line> {
  const newest = (): Line | undefined => lines().findLast(({ message }) => message.startsWith(beginning));
  return waitFor(`a line that begins with "${beginning}"`, newest, 30_000);
}

beforeAll(async () => {
  writeInto(folder, 'lamp.yaml', RUNBOOK);
  service = await startService({ runbooks: {}, env: { FIREBREAK_RUNBOOKS: folder, FIREBREAK_SOURCE_ID: 'edge-7' } });
});

afterAll(async () => {
  await service.stop();
  removeFolder(folder);
});

it('B3: every line of a real service names its configuration, and a fallback just as long as one is in force', async () => {
  await said('ready');
  for (const { message, source_id, config_version, fallback_context } of lines()) {
    expect({ message, source_id }).toEqual({ message, source_id: 'edge-7' });
    expect(config_version).toMatch(/^[0-9a-f]{12}$/);
    expect(fallback_context).toBeUndefined();
  }
  const before = lines()[0]?.config_version;

  writeInto(folder, 'lamp.yaml', RUNBOOK.replace('match:', 'mach:'));
  expect(await said('the new edition of the runbooks is refused')).toMatchObject({
    config_version: before,
    fallback_context: { trigger_reason: 'broken', fallback_strategy: 'last-known-good' },
  });
  const refused = lines().at(-1)?.fallback_context;
  expect(new URL(refused?.original_endpoint ?? '').pathname).toBe(join(folder));

  writeInto(folder, 'lamp.yaml', RUNBOOK.replace('Switch the lamp on', 'Light'));
  const mended = await said('the runbooks were loaded again');
  expect(mended.fallback_context).toBeUndefined();
  expect(mended.config_version).not.toBe(before);
});
