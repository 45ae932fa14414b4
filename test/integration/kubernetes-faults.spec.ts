import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../../plugins/kubernetes/index.js';
import type { Json } from '../../src/plugin-sdk/index.js';
import { describeActionFaults, type FaultSubject } from '../rig/action-faults.js';
import { KUBE_FILES, KUBE_TOKEN, startKubeApi } from '../rig/kube-api.js';
import { fill, kubeConfig, startKubeWorld, WEB, type KubeWorld } from '../rig/kube-subjects.js';
import { runOneStep } from '../rig/one-step.js';
import { plainCall } from '../rig/plain-call.js';
import { rigFolder } from '../rig/processes.js';
import type { StandInAnswer } from '../rig/stand-in.js';
import { startTlsFront } from '../rig/tls-front.js';

// Against a stand-in for an API server. The one in the middle sits behind a front that takes TLS off.
const faults = (action: string, params: Json): FaultSubject => ({
  action,
  knowsCredentials: true,
  start: async () => {
    const api = await startKubeApi(false);
    const front = await startTlsFront({
      cert: readFileSync(KUBE_FILES.certificate),
      key: readFileSync(KUBE_FILES.key),
    });
    const at = (address: string, differs = {}) => {
      front.leadTo(address);
      return kubeConfig(`https://127.0.0.1:${front.port}`, differs);
    };
    return {
      address: `127.0.0.1:${api.port}`,
      plugin: (address, log) => plugin.instantiate(at(address), log),
      refused: (address, log) => plugin.instantiate(at(address, { auth: { token: 'canary-wrong' } }), log),
      params,
      isWrite: (piece) => /^(PUT|PATCH) (?!.*dryRun=All)/m.test(piece.toString('latin1')),
      read: async () => {
        const [{ spec: workload = null } = {}, { spec: node = null } = {}] = [
          api.get('Deployment', 'shop', 'web'),
          api.get('Node', undefined, 'node-1'),
        ];
        return [workload, node];
      },
      reset: async () => fill(api),
      stop: async () => {
        await front.stop();
        await api.close();
      },
    };
  },
});

describeActionFaults('kubernetes/scale at a stand-in', faults('scale', { ...WEB, replicas: 5 }));
describeActionFaults('kubernetes/rollout-restart at a stand-in', faults('rollout-restart', WEB));
describeActionFaults(
  'kubernetes/cordon at a stand-in',
  faults('cordon', { cluster: 'east', pool: 'workers', node: 'node-1' }),
);

describe('kubernetes, when a rollout never ends', () => {
  let world: KubeWorld;
  beforeEach(async () => {
    world = await startKubeWorld();
  });
  afterEach(() => world.close());

  const ended = async (action: string, params: Json) => {
    const said: string[] = [];
    const log = { info: (message: string) => void said.push(message), warn: () => {} };
    const step = { plugin: world.instance, action, params, timeoutMs: 1_500, attempts: 2 };
    const { state } = await runOneStep(step, log);
    const end = state.phase === 'closed' ? `${state.outcome}: ${state.detail}` : `held: ${JSON.stringify(state)}`;
    return { end, said };
  };
  const replicas = () => world.api.get('Deployment', 'shop', 'web')?.spec?.['replicas'];

  it('I11: pods that do not get ready in time: the number is what it was, and the log says how many there were', async () => {
    world.api.controller.pace = 'held';
    const { end, said } = await ended('scale', { ...WEB, replicas: 5 });
    expect(end).toMatch(/^failed: taken back .*not finished after/);
    expect(said).toContain('deployment shop/web of east is to have 5 replicas: 3 of 5 are ready');
    expect([replicas(), world.api.effects()]).toEqual([3, 2]);
  });

  it('I11: a quota that hinders it: the number is what it was, and the words say what hindered it', async () => {
    world.api.controller.pace = 'failing';
    expect((await ended('scale', { ...WEB, replicas: 5 })).end).toMatch(/^failed: .*exceeded quota/);
    expect([replicas(), world.api.effects()]).toEqual([3, 2]);
  });

  it('I5: a restart that hangs is held for a person, who reads how far it came, and is not made again', async () => {
    world.api.controller.pace = 'held';
    expect((await ended('rollout-restart', WEB)).end).toMatch(/^held: .*0 of 3 are new/);
    expect(world.api.effects()).toBe(1);
  });
});

describe('kubernetes, when the API server (a stand-in) says no', () => {
  let world: KubeWorld;
  beforeEach(async () => {
    world = await startKubeWorld();
  });
  afterEach(() => world.close());

  const params = { ...WEB, replicas: 5 };
  const said = (code: number, message: string): StandInAnswer => ({
    status: code,
    json: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code },
  });

  it.each<[string, StandInAnswer, string, boolean, RegExp]>([
    ['401', said(401, 'Unauthorized'), 'credentials-refused', false, /refuses the credentials \(401\): renew them/],
    ['403', said(403, 'User "x" cannot get'), 'refused-by-target', false, /\(403\): User "x" cannot get/],
    [
      '404',
      said(404, 'deployments.apps "web" not found'),
      'unknown-name',
      false,
      /\(404\): deployments.apps "web" not found/,
    ],
    [
      '422',
      said(422, 'spec.replicas: Invalid value'),
      'refused-by-target',
      false,
      /\(422\): spec.replicas: Invalid value/,
    ],
    [
      '429',
      { status: 429, headers: { 'retry-after': '7' }, json: { kind: 'Status', message: 'slow' } },
      'asked-to-wait',
      true,
      /for 7 s \(429\)/,
    ],
    [
      '500',
      said(500, 'etcdserver: leader changed'),
      'target-failed',
      true,
      /failed \(500\): etcdserver: leader changed/,
    ],
    ['503 of a proxy', { status: 503, text: '<html>Bad day</html>' }, 'target-failed', true, /failed \(503\)$/],
    [
      'a redirect',
      { status: 307, headers: { location: 'https://169.254.169.254/' } },
      'redirected',
      false,
      /not followed/,
    ],
    [
      'a page',
      { status: 200, text: '<html>Welcome</html>' },
      'not-understood',
      false,
      /no JSON: is it an API server\?/,
    ],
    ['a list of nothing', { status: 200, json: [] }, 'not-understood', false, /something else than was asked for/],
    [
      'another object',
      { status: 200, json: { kind: 'Pod', metadata: { uid: 'x' } } },
      'not-understood',
      false,
      /something else/,
    ],
    ['null', { status: 200, json: null }, 'not-understood', false, /something else/],
    ['2 MiB', { status: 200, json: 'x'.repeat(2 ** 21) }, 'answer-too-long', false, /more than 1 MiB/],
    ['nothing', 'silent', 'timed-out', true, /did not answer within 700 ms/],
    ['a closed connection', 'dropped', 'target-unreachable', true, /connection|can't be reached/],
    [
      'control characters',
      said(400, 'a\nb\u001b[31m\u202e'),
      'refused-by-target',
      false,
      /: a b\\u\{1b\}\[31m\\u\{202e\}$/,
    ],
  ])('with %s', async (_, answer, code, again, words) => {
    world.api.meddle(() => answer);
    await expect(world.plan('scale', params)).rejects.toMatchObject({
      code,
      again,
      message: expect.stringMatching(words),
    });
    expect(world.api.effects()).toBe(0);
  });

  it('I4: with 500 for a write that it made: one effect, which the next attempt finds', async () => {
    const { before } = await world.plan('scale', params);
    let lost = 0;
    world.api.meddle(({ method }, make) => {
      const answer = make();
      return method === 'PUT' && lost++ === 0 ? said(500, 'timeout') : answer;
    });
    await expect(world.on('scale').apply(plainCall(), params, before)).rejects.toMatchObject({ code: 'target-failed' });
    await world.on('scale').apply(plainCall(), params, before);
    expect(world.api.effects()).toBe(1);
  });

  it('refuses what a webhook makes of it without saying no', async () => {
    const { before } = await world.plan('scale', params);
    world.api.meddle(({ method }, make) => {
      make();
      return method === 'PUT' ? { status: 200, json: { kind: 'Scale', spec: { replicas: 4 } } } : make();
    });
    await expect(world.on('scale').apply(plainCall(), params, before)).rejects.toMatchObject({
      code: 'refused-by-target',
      message: expect.stringContaining('made 4 replicas of the 5'),
    });
  });

  it('S7: asks nobody whom its certificates do not vouch for, and sends no token there', async () => {
    const other = await startKubeWorld({ ca: join(import.meta.dirname, 'empty.crt') });
    await expect(other.plan('scale', params)).rejects.toMatchObject({
      code: 'target-unreachable',
      message: expect.stringContaining('empty.crt'),
    });
    await other.close();
    const config = kubeConfig(world.api.url);
    const { ca: _ca, ...rest } = config.clusters.east;
    const strict = plugin.instantiate({ clusters: { east: rest } }, { info: () => {}, warn: () => {} });
    await expect(strict.provided.actions!['scale']!.plan(plainCall(), params)).rejects.toMatchObject({
      code: 'target-unreachable',
      message: expect.stringMatching(/SELF_SIGNED|CERT/),
    });
    expect(world.api.seen).toEqual([]);
    await strict.close();
  });

  it('takes a client certificate, and a token out of a file that is read anew', async () => {
    const { certificate, key } = KUBE_FILES;
    const tokenFile = join(rigFolder('kube-token'), 'token');
    writeFileSync(tokenFile, `${KUBE_TOKEN}\n`);
    for (const auth of [{ certificate, key }, { tokenFile }]) {
      const other = await startKubeWorld({ auth });
      expect(await other.plan('scale', params)).toMatchObject({ changes: [{ from: 3, to: 5 }] });
      await other.close();
    }
    const renewed = await startKubeWorld({ auth: { tokenFile } });
    await renewed.plan('scale', params);
    writeFileSync(tokenFile, 'canary-wrong');
    await expect(renewed.plan('scale', params)).rejects.toMatchObject({ code: 'credentials-refused' });
    await renewed.close();
  });

  it('does not look at KUBECONFIG or proxies of the environment', async () => {
    const was = { ...process.env };
    Object.assign(process.env, {
      KUBECONFIG: '/nowhere',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      KUBERNETES_SERVICE_HOST: '127.0.0.2',
    });
    try {
      expect(await world.plan('scale', params)).toMatchObject({ changes: [{ from: 3, to: 5 }] });
    } finally {
      process.env = was;
    }
  });
});
