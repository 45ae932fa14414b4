import { createHash } from 'node:crypto';
import { z } from 'zod';
import { asPlanned, PluginError, type Call, type PlanCall } from '../../../src/plugin-sdk/index.js';
import type { Clusters, KubernetesKit } from '../clusters.js';
import { compared, triedOut, untriedFact } from '../compared.js';
import { allowed, workloadFields } from '../params.js';
import type { Config } from '../config.js';
import { rolledOut } from '../rollout.js';
import { resourceOf, sayWorkload, type Workload } from '../workload.js';
import { assertRestartable, assertWithinBudgets } from './availability.js';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
const MARK = 'firebreak/restart';

const beforeSchema = z.strictObject({ uid: z.string(), template: z.string().nullable(), mark: z.string() });

/** Makes the schema of the parameters of `kubernetes/rollout-restart`. */
export function paramsSchema(config: Config) {
  const may = allowed(config, ({ restart }) => restart, 'restarted');
  return z.strictObject(workloadFields(config)).superRefine((given, context) => void may(given, context));
}

type Params = z.infer<ReturnType<typeof paramsSchema>>;
type Asking = Call<Clusters, Params>;

/** Makes the action that replaces all pods of a workload by new ones of the same kind, a few at a time. */
export function rolloutRestartAction({ action, config }: KubernetesKit) {
  return action({
    summary: 'Restart the pods of a Deployment or StatefulSet, a few at a time',
    params: paramsSchema(config),
    before: beforeSchema,
    risk: 'medium',
    idempotency: 'conditional',
    reversible: false,

    async check(call) {
      await read(call);
      return { needed: true };
    },

    async plan(call) {
      const workload = await read(call);
      const { params } = call;
      const resource = resourceOf(params);
      const earlier = call.earlier.filter((change) => change.resource === resource && change.attribute === 'restart');
      const then = asItWillBe(call, workload);
      const unseen = await assertSound(call, then);
      const from = markOf(workload);
      const template = digestOf(workload);
      // Of what is restarted, not of when: all plans and attempts for the same pods mean the same restart.
      const mark = short(`${workload.metadata.uid} ${template} ${earlier.length}`);
      const asks = clusterOf(call).config.dryRun;
      const untried = asks && (await triedOut(async () => write(call, await read(call), mark, true)));
      return {
        summary: `restart all ${then.spec.replicas} pods of ${sayWorkload(params)}, a few at a time`,
        changes: [{ resource, attribute: 'restart', from: asPlanned(earlier, resource, 'restart', from), to: mark }],
        before: { uid: workload.metadata.uid, template: earlier.length === 0 ? template : null, mark },
        facts: {
          ...(unseen === undefined ? {} : { disruptionBudgets: `not looked at: ${unseen}` }),
          ...untriedFact(untried),
        },
      };
    },

    async apply(call, before) {
      await compared(call, async () => {
        const workload = await read(call);
        if (markOf(workload) === before.mark) return { write: false };
        const isOther = workload.metadata.uid !== before.uid;
        if (isOther || (before.template !== null && digestOf(workload) !== before.template)) {
          const what = isOther ? 'another one of that name' : 'made from another template';
          const detail = `${sayWorkload(call.params)} is ${what} than when the restart was planned`;
          throw new PluginError('changed-meanwhile', `${detail}: it was changed or restarted by somebody else`, false);
        }
        await assertSound(call, workload);
        return { write: true, make: () => write(call, workload, before.mark, false) };
      });
      const rollout = rolledOut(await read(call));
      if (rollout.done) return { done: true };
      const now = `${sayWorkload(call.params)} is being restarted: ${rollout.missing}`;
      if (rollout.hindered !== undefined) throw new PluginError('rollout-hindered', `${now}; ${rollout.hindered}`);
      call.log.info(now);
      return { done: false, againInMs: clusterOf(call).config.every };
    },

    async verify(call, { mark }) {
      const workload = await read(call);
      const what = sayWorkload(call.params);
      if (markOf(workload) !== mark) return { took: false, detail: `${what} was not restarted by this plan` };
      const rollout = rolledOut(workload);
      if (rollout.done) return { took: true };
      // It can't be taken back: "did not take" would be wrong, and nobody would look.
      const because = rollout.hindered === undefined ? '' : `; ${rollout.hindered}`;
      throw new PluginError('rollout-under-way', `${what} is being restarted: ${rollout.missing}${because}`);
    },

    async revert(call) {
      const detail = `the pods of ${sayWorkload(call.params)} that were replaced are gone`;
      throw new PluginError('not-reversible', `${detail}: a restart can't be taken back`, false);
    },
  });
}

const clusterOf = ({ client, params }: Asking) => client.of(params.cluster);
const read = (call: Asking) => clusterOf(call).workload(call.params, call.signal);
const short = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const digestOf = ({ spec }: Workload) => short(JSON.stringify(spec.template));
const markOf = ({ spec }: Workload) => spec.template.metadata.annotations[MARK] ?? null;

/** Throws when it must not be restarted now; gives why its budgets could not be looked at. */
async function assertSound(call: Asking, workload: Workload): Promise<string | undefined> {
  const what = sayWorkload(call.params);
  assertRestartable(workload, what);
  const budgets = await clusterOf(call).budgets(call.params.namespace, call.signal);
  if ('hidden' in budgets) return budgets.hidden;
  assertWithinBudgets(workload, budgets, what);
  return undefined;
}

/** With as many replicas as an earlier step will have given it, all of them ready: that step sees to it. */
function asItWillBe({ earlier, params }: PlanCall<Clusters, Params>, workload: Workload): Workload {
  const now = workload.spec.replicas;
  const replicas = z.int().parse(asPlanned(earlier, resourceOf(params), 'replicas', now));
  if (replicas === now) return workload;
  const counts = { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
  const status = { ...workload.status, ...counts };
  return workload.kind === 'deployment'
    ? { ...workload, spec: { ...workload.spec, replicas }, status }
    : { ...workload, spec: { ...workload.spec, replicas }, status };
}

function write(call: Asking, { metadata }: Workload, mark: string, dryRun: boolean): Promise<void> {
  const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const { params, signal } = call;
  const { resourceVersion } = metadata;
  // The same annotation as of kubectl, so that people see it where they look for it.
  return clusterOf(call).annotatePods(
    params,
    { [RESTARTED_AT]: at, [MARK]: mark },
    { resourceVersion, dryRun, signal },
  );
}
