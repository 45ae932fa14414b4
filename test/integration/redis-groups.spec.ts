import { afterEach, describe, expect, it } from 'vitest';
import { post, webhookBody } from '../rig/alert-bodies.js';
import { oraclePermissions } from '../rig/oracle-plugin.js';
import { rigProgram } from '../rig/project.js';
import { startCluster, startSentinel, type RedisGroup } from '../rig/redis-groups.js';
import { startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

const RUNBOOK = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: write, title: Write, owner: team-test }
spec:
  match: ['alertname=~".+"']
  target: 'line/{{labels.alertname}}'
  mode: auto
  steps: [{ name: write, uses: oracle/write, with: { name: '{{labels.alertname}}' } }]
`;

describe('a Redis of several processes', () => {
  let group: RedisGroup | undefined;
  let service: RigService | undefined;
  afterEach(async () => {
    await service?.stop();
    await group?.stop();
    [group, service] = [undefined, undefined];
  });

  const start = async (redisUrl: string, more: Readonly<Record<string, string>> = {}): Promise<void> => {
    const file = `${group?.processes[0]?.folder ?? '/tmp'}/oracle`;
    service = await startService({
      runbooks: { 'write.yaml': RUNBOOK },
      settings: `plugins: { oracle: { file: ${file} } }\n${oraclePermissions(file)}`,
      env: {
        FIREBREAK_REDIS_URL: redisUrl,
        FIREBREAK_PLUGINS: rigProgram('oracle-plugin.js'),
        FIREBREAK_LOG_LEVEL: 'error',
        ...more,
      },
    });
  };
  const send = async (alertname: string): Promise<number> =>
    (await post(service?.url ?? '', webhookBody([{ labels: { alertname }, startsAt: Date.now() }]))).status;
  const succeeded = (alertname: string): Promise<boolean> =>
    waitFor(
      `the execution for ${alertname}`,
      async () =>
        (
          await (await fetch(`${service?.url}/api/v1/executions?target=line/${alertname}&outcome=succeeded`)).text()
        ).includes(alertname),
      30_000,
      50,
    );

  it('a Cluster: alerts are taken in and answered', { timeout: 60_000 }, async () => {
    group = await startCluster();
    await start(group.url);
    expect(await send('OnCluster')).toBe(202);
    expect(await succeeded('OnCluster')).toBe(true);
  });

  it('Sentinel: it goes on with the replica when the master dies', { timeout: 90_000 }, async () => {
    group = await startSentinel();
    await start(group.url);
    expect(await send('OnTheMaster')).toBe(202);
    expect(await succeeded('OnTheMaster')).toBe(true);
    await group.processes[0]?.kill();
    await waitFor('alerts to be taken again', async () => (await send('OnTheReplica')) === 202, 40_000, 200);
    expect(await succeeded('OnTheReplica')).toBe(true);
  });

  it('I10: ha: a pause that was acknowledged outlives the master', { timeout: 90_000 }, async () => {
    group = await startSentinel();
    const [master, replica] = group.processes;
    await start(group.url, { FIREBREAK_DURABILITY: 'ha' });
    const pause = async (): Promise<number> =>
      (await post(service?.url ?? '', '{"scope":"all","reason":"a test"}', '/api/v1/pauses')).status;
    replica?.signal('SIGSTOP');
    expect(await pause()).toBe(503);
    replica?.signal('SIGCONT');
    await waitFor('a pause to be acknowledged', async () => (await pause()) === 201, 20_000, 100);
    await master?.kill();
    const answer = await waitFor(
      'the replica to answer',
      async () => {
        const text = await (await fetch(`${service?.url}/api/v1/pauses`)).text();
        return text.includes('"items"') && text;
      },
      40_000,
      200,
    );
    expect(answer).toContain('"scope":"all"');
  });

  it(
    'I1: ha: nothing is acknowledged that no replica has, and the same alert is taken once one has',
    { timeout: 60_000 },
    async () => {
      group = await startSentinel();
      const replica = group.processes[1];
      await start(group.url, { FIREBREAK_DURABILITY: 'ha' });
      expect(await send('OnBoth')).toBe(202);
      replica?.signal('SIGSTOP');
      expect(await send('OnTheMasterOnly')).toBe(503);
      // a repeat takes another way into the store
      expect(await send('OnBoth')).toBe(503);
      replica?.signal('SIGCONT');
      await waitFor('alerts to be taken again', async () => (await send('OnTheMasterOnly')) === 202, 20_000, 100);
      expect(await succeeded('OnTheMasterOnly')).toBe(true);
    },
  );
});
