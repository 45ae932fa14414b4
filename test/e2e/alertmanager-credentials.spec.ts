import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hashOfSecret, newSecret } from '../../src/access/tokens/token-secret.js';
import { startAlertmanager, type RigAlertmanager } from '../rig/alertmanager.js';
import { oraclePermissions } from '../rig/oracle-plugin.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { rigProgram, writeInto } from '../rig/project.js';
import { startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

const BEARER = 'authorization: { credentials_file: /run/secrets/alert-token }';
const RUNBOOK = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: note, title: Only look, owner: team-test }
spec:
  match: ['runbook="note"']
  target: 'line/{{labels.alertname}}'
  mode: observe
  steps: [{ name: write, uses: oracle/write, with: { name: '{{labels.alertname}}' } }]
`;

const READER = newSecret();
const [OLD, NEW] = [newSecret(), newSecret()];
const settings = (log: string): string => `
plugins: { oracle: { file: ${log} } }
${oraclePermissions(log)}
tokens:
  - { name: sender, roles: [source], sha256: [${hashOfSecret(NEW)}, ${hashOfSecret(OLD)}] }
  - { name: reader, roles: [viewer], sha256: ${hashOfSecret(READER)} }
`;

describe('a real Alertmanager', () => {
  const secrets = rigFolder('secrets');
  const managers: RigAlertmanager[] = [];
  afterEach(async () => {
    for (const manager of managers.splice(0)) await manager.stop();
  });
  let service: RigService;
  beforeAll(async () => {
    service = await startService({
      runbooks: { 'note.yaml': RUNBOOK },
      settings: settings(join(secrets, 'log')),
      env: { FIREBREAK_PLUGINS: rigProgram('oracle-plugin.js') },
    });
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    removeFolder(secrets);
  });

  async function fire(alertname: string, secret: string, credential = BEARER): Promise<string> {
    const file = writeInto(secrets, alertname, secret);
    const manager = await startAlertmanager(new URL(service.url).host, file, { [BEARER]: credential });
    managers.push(manager);
    const answer = await fetch(`${manager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ labels: { alertname, runbook: 'note' } }]),
    });
    expect(answer.status).toBe(200);
    return manager.url;
  }

  const get = async (path: string): Promise<string> =>
    (await fetch(`${service.url}${path}`, { headers: { authorization: `Bearer ${READER}` } })).text();
  const arrived = async (alertname: string): Promise<boolean> =>
    (await get(`/api/v1/decisions?alertname=${alertname}`)).includes(`"${alertname}"`);
  const basic = (username: string): string =>
    `basic_auth: { username: ${username}, password_file: /run/secrets/alert-token }`;

  it.each([
    ['ByBearer', NEW, BEARER],
    ['ByOldBearer', OLD, BEARER],
    ['ByPassword', NEW, basic('sender')],
  ])('hands in alerts with the credential it was given: %s', { timeout: 60_000 }, async (name, secret, credential) => {
    await fire(name, secret, credential);
    await waitFor(`the alert ${name}`, () => arrived(name), 30_000);
  });

  it.each([
    ['WrongPassword', newSecret(), basic('sender')],
    ['WrongName', NEW, basic('reader')],
    ['WrongBearer', newSecret(), BEARER],
  ])('S1: is refused, and seen to be: %s', { timeout: 60_000 }, async (name, secret, credential) => {
    const refused = async (): Promise<number> => {
      const route = 'code="unauthenticated",route="/api/v1/alert/trigger"';
      const line = (await get('/metrics')).split('\n').find((one) => one.includes(route));
      return Number(line?.split(' ').at(-1) ?? 0);
    };
    const before = await refused();
    const manager = await fire(name, secret, credential);
    await waitFor('the refusal', async () => (await refused()) > before, 30_000);
    const failed = /alertmanager_notifications_failed_total{[^}]*webhook[^}]*} [1-9]/;
    const seen = async (): Promise<boolean> => failed.test(await (await fetch(`${manager}/metrics`)).text());
    await waitFor('Alertmanager to note it', seen, 30_000);
    expect(await arrived(name)).toBe(false);
  });
});
