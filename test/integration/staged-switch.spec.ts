import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { post, webhookBody } from '../rig/alert-bodies.js';
import { now, startLoad, type Request } from '../rig/load.js';
import { startPlainHaproxy } from '../rig/plain-haproxy.js';
import { freePort } from '../rig/processes.js';
import { projectRoot } from '../rig/project.js';
import { startQuickPrometheus } from '../rig/quick-prometheus.js';
import { startService } from '../rig/service.js';
import { startSmallCenter, type SmallCenter } from '../rig/small-center.js';
import { waitFor } from '../rig/wait-for.js';

const EVERY_MS = 1_000;
/** Nobody gives up because the machine is busy: what fails here is what was answered so. */
const PATIENT_MS = 20_000;
const ofB = (what: string) => `sum(rate(haproxy_server_${what}[1s]))`;
const VERIFY = `
        probe: prometheus/query
        with:
          query: ${ofB('http_responses_total{server="b",code="5xx"}')} / ${ofB('http_responses_total{server="b"}')}
          healthy: '< 0.01'
        every: ${EVERY_MS}ms
        healthy: 3
        unhealthy: 1
        unknown: 20
        within: 30s`;
const weights = (a: number, b: number) =>
  `{ backend: centers, servers: [{ server: b, state: ready, weight: ${b} }, { server: a, weight: ${a} }] }`;
const RUNBOOK = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: shift, title: Shift by stages, owner: team-test }
spec:
  match: ['alertname="CenterShift"']
  target: 'traffic/{{labels.service}}'
  mode: auto
  guards: { cooldown: 0s }
  serving: { out: a, in: b }
  steps:
    - name: canary
      uses: cut-over-center/haproxy-map
      with: { map: colours, key: canary, value: b }
      verify: &well ${VERIFY}
    - { name: tenth, uses: cut-over-center/haproxy, with: ${weights(90, 10)}, verify: *well }
    - { name: half, uses: cut-over-center/haproxy, with: ${weights(50, 50)}, verify: *well }
    - { name: all, uses: cut-over-center/haproxy, with: ${weights(0, 100)}, verify: *well }
    - { name: canary-off, uses: cut-over-center/haproxy-map, with: { map: colours, key: canary, value: null } }
    - { name: drain, uses: cut-over-center/haproxy-drain, with: { backend: centers, server: a, within: 10s } }
  onUnhealthy: revert
`;

/** runbooks/shift-center.yaml, acting by itself and without the time that people want to watch it. */
function shipped(): string {
  const text = readFileSync(join(projectRoot, 'runbooks', 'shift-center.yaml'), 'utf8');
  const quick = text.replaceAll('[10s]', '[1s]').replaceAll('every: 2s', 'every: 200ms');
  const runbook = parseDocument(quick.replaceAll(/within: [12]m/g, 'within: 15s'));
  runbook.setIn(['spec', 'mode'], 'auto');
  return runbook.toString();
}

const page = z.object({
  items: z.array(
    z.object({
      phase: z.string(),
      outcome: z.string().optional(),
      detail: z.string().nullish(),
      steps: z.array(z.object({ name: z.string(), state: z.string() })),
    }),
  ),
});

describe('a staged switch under load', () => {
  const stops: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });
  const started = async <T extends { stop: () => Promise<void> | void }>(part: Promise<T> | T): Promise<T> => {
    const it = await part;
    stops.push(it.stop);
    return it;
  };

  /** HAProxy, Prometheus and Firebreak before two centres, and users, a third of whom bear the colour. */
  async function startAll(b: SmallCenter, runbook = RUNBOOK) {
    const a = await started(startSmallCenter('a', { status: 200, takesMs: 20 }));
    const [users, metrics] = [await freePort(), await freePort()];
    const haproxy = await started(
      startPlainHaproxy(
        (folder) => `
defaults
  mode http
  retries 0
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend metrics
  bind 127.0.0.1:${metrics}
  http-request use-service prometheus-exporter
listen centers
  bind 127.0.0.1:${users}
  use-server %[req.hdr(x-env),map(${folder}/colours.map)] if { req.hdr(x-env),map(${folder}/colours.map) -m found }
  server a ${a.address} weight 100
  server b ${b.address} weight 100 disabled
`,
        { 'colours.map': '' },
      ),
    );
    await haproxy.tell('set server centers/b state drain');
    const prometheus = await started(startQuickPrometheus([`127.0.0.1:${metrics}`]));
    const settings = {
      plugins: {
        'cut-over-center': { endpoint: haproxy.socket, maps: { colours: `${haproxy.folder}/colours.map` } },
        prometheus: { url: prometheus.url },
      },
    };
    const service = await started(
      startService({ runbooks: { 'shift.yaml': runbook }, settings: JSON.stringify(settings) }),
    );
    const plain = await started(startLoad(`http://127.0.0.1:${users}/`, 200, PATIENT_MS));
    const coloured = await started(startLoad(`http://127.0.0.1:${users}/`, 100, PATIENT_MS, { 'x-env': 'canary' }));
    await waitFor('the first answers', () => plain.requests().length > 100, 30_000);
    return { haproxy, service, plain, coloured };
  }

  const standing = async (tell: (command: string) => Promise<string>, folder: string) => {
    const rows = (await tell('show servers state centers')).split('\n').slice(2);
    const servers = rows.map((row) => row.split(' ')).map((cells) => `${cells[3]} ${Number(cells[6]) & 9}/${cells[7]}`);
    return [...servers, await tell(`show map ${folder}/colours.map`)];
  };

  /** Lets an alert ask for the switch, and waits until it has ended. */
  async function shift(url: string) {
    const labels = { alertname: 'CenterShift', service: 'shop', center: 'a' };
    const answer = await post(url, webhookBody([{ labels, startsAt: Date.now() }]));
    expect(answer.status, answer.text).toBe(202);
    return waitFor(
      'the end of the switch',
      async () => {
        const executions = await fetch(`${url}/api/v1/executions`);
        return page.parse(await executions.json()).items.find(({ phase }) => phase === 'closed' || phase === 'held');
      },
      60_000,
      50,
    );
  }

  // One verification interval until the next sample; the scrape, the sample and the way back take their time too.
  const BACK_WITHIN_MS = EVERY_MS + 500;

  it.each([
    { when: 'with its first request', well: 0 },
    { when: 'after a while', well: 12 },
  ])(
    'goes back with the next sample when its stage of a tenth turns unhealthy $when; less than a tenth of that stage’s requests fail',
    // who waits for a further sample does so each time, a busy machine does not
    { timeout: 120_000, retry: 2 },
    async ({ well }) => {
      // It always does well by those who bear the colour.
      const b = await started(startSmallCenter('b', { status: well === 0 ? 500 : 200, takesMs: 20 }, 200));
      const { haproxy, service, plain, coloured } = await startAll(b);
      const before = await standing(haproxy.tell, haproxy.folder);
      const ending = shift(service.url);
      const ofB = () => plain.requests().filter(({ center }) => center === 'b');
      const stageAt = (await waitFor('the stage', () => ofB()[well], 30_000, 5)) && ofB()[0]!.sentAt;
      b.answer({ status: 500, takesMs: 20 });
      const ended = await ending;
      const end = now();
      await waitFor('requests after the end', () => plain.requests().some(({ sentAt }) => sentAt > end + 500), 30_000);

      expect(ended).toMatchObject({ phase: 'closed', outcome: 'reverted' });
      expect(await standing(haproxy.tell, haproxy.folder)).toEqual(before);
      const [normal, colours] = [plain.requests(), coloured.requests()];
      const failed = [...normal, ...colours].filter(({ ok }) => !ok).toSorted((x, y) => x.sentAt - y.sentAt);
      expect(failed.every(({ status, center }) => status === 500 && center === 'b')).toBe(true);
      const [first, last] = [failed[0]!, failed.at(-1)!];
      const badForMs = last.doneAt - first.sentAt;
      // A stage lasts for one verification interval at least, also when its end comes before the next sample.
      const stageEnd = Math.max(last.doneAt, stageAt + EVERY_MS);
      const during = ({ sentAt }: Request) => sentAt >= stageAt && sentAt <= stageEnd;
      const [all, uncoloured] = [[...normal, ...colours].filter(during), normal.filter(during)];
      const share = (whole: readonly Request[]) => `${((100 * failed.length) / whole.length).toFixed(1)} %`;
      console.log(
        `10 % stage of ${Math.round(stageEnd - stageAt)} ms: bad for ${Math.round(badForMs)} ms, with a sample every ` +
          `${EVERY_MS} ms; ${failed.length} of ${all.length} requests failed (${share(all)}; ${share(uncoloured)} of ` +
          `those without the colour)`,
      );
      expect(colours.filter(({ center, ok }) => center === 'b' && ok).length).toBeGreaterThan(20);
      expect(badForMs).toBeLessThan(BACK_WITHIN_MS);
      expect(failed.length).toBeLessThan(0.1 * all.length);
    },
  );

  it('goes through all stages of the runbook that is shipped, without one failed request, when the new centre does well', async () => {
    const b = await started(startSmallCenter('b', { status: 200, takesMs: 20 }));
    const { haproxy, service, plain, coloured } = await startAll(b, shipped());
    const begun = now();
    const ended = await shift(service.url);
    const tookMs = now() - begun;
    await waitFor('requests after the end', () => plain.requests().at(-1)!.sentAt > begun + tookMs + 300, 30_000);
    expect(ended).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
    expect(await standing(haproxy.tell, haproxy.folder)).toEqual(['a 1/0', 'b 0/100', '']);
    const all = [...plain.requests(), ...coloured.requests()];
    console.log(
      `all stages: ${all.length} requests in ${Math.round(tookMs)} ms, ${all.filter(({ ok }) => !ok).length} failed`,
    );
    expect(all.filter(({ ok }) => !ok)).toEqual([]);
    expect(
      plain
        .requests()
        .filter(({ sentAt }) => sentAt > begun + tookMs)
        .every(({ center }) => center === 'b'),
    ).toBe(true);
  }, 90_000);
});
