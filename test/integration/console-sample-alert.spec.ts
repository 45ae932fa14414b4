import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { sampleAlert } from '../../src/console/now/sample-alert.js';
import { startApi, tokenOf } from './api-app.js';

const run = promisify(execFile);

const PRACTICE = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: practice, title: Practise, owner: team-a }
spec:
  match: ['alertname="FirebreakPractice"', 'lamp=~".+"']
  target: 'lamp/{{labels.lamp}}'
  mode: approve
  guards: { cooldown: 5s }
  steps: [{ name: switch, uses: pretend/set, with: { name: '{{labels.lamp}}', value: on } }]
`;

it.each([false, true])('the command that Now shows opens an execution, with a token: %s', async (needsToken) => {
  const tokens = needsToken ? {} : { tokens: [] };
  const api = await startApi({ ...tokens, start: Date.now(), runbooks: { practice: PRACTICE } });
  try {
    await api.nest.listen(0, '127.0.0.1');
    const env = { ...process.env, FIREBREAK_TOKEN: tokenOf('source') };
    const { stdout } = await run('sh', ['-c', sampleAlert(await api.nest.getUrl(), needsToken)], { env });
    expect(stdout).toContain('"decision":"opened"');
    const { items } = await api.store.list({ limit: 10 });
    expect(items).toMatchObject([{ runbook: 'practice', target: 'lamp/first' }]);
  } finally {
    await api.close();
  }
});

it('the command has the labels of the example beside the shipped runbook', () => {
  const example = z
    .object({ labels: z.record(z.string(), z.string()), annotations: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync('runbooks/examples/practice.alert.json', 'utf8')));
  for (const [name, value] of [...Object.entries(example.labels), ...Object.entries(example.annotations)])
    expect(sampleAlert('http://localhost:9700', false)).toContain(`"${name}": "${value}"`);
});

it('the command is the one of the README', () => {
  const [, block = ''] = /<!-- sample -->\s+```sh\n([^]*?)\n```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  expect(block).toBe(sampleAlert('http://localhost:9700', false));
});
