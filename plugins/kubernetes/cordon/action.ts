import { createHash } from 'node:crypto';
import { z } from 'zod';
import { asPlanned, PluginError, type Call, type EffectCall } from '../../../src/plugin-sdk/index.js';
import type { ClusterNode } from '../cluster.js';
import type { Clusters, KubernetesKit } from '../clusters.js';
import { compared, triedOut, untriedFact } from '../compared.js';
import { paramsSchema, type Params } from './params.js';
import { assertEnough, nodeResource, readPool } from './pool.js';

const MARK = 'firebreak/cordon';

const beforeSchema = z.strictObject({
  uid: z.string(),
  unschedulable: z.boolean(),
  /** Our annotation as it was: somebody may have opened the node and left it. */
  was: z.string().nullable(),
  mark: z.string(),
});
type Before = z.infer<typeof beforeSchema>;
type Changing = EffectCall<Clusters, Params>;

/** Makes the action that closes one node for new pods; those that run there stay. */
export function cordonAction({ action, config }: KubernetesKit) {
  return action({
    summary: 'Close one node of a pool for new pods',
    params: paramsSchema(config),
    before: beforeSchema,
    risk: 'medium',
    idempotency: 'conditional',

    async check(call) {
      const { node } = await readPool(call, call.earlier);
      const { cluster, node: name } = call.params;
      const closed = asPlanned(call.earlier, nodeResource(cluster, name), 'unschedulable', node.spec.unschedulable);
      return closed === true
        ? { needed: false, because: `${name} of ${cluster} takes no new pods already` }
        : { needed: true };
    },

    async plan(call) {
      const { params } = call;
      const seen = await readPool(call, call.earlier);
      const { metadata, spec } = seen.node;
      const resource = nodeResource(params.cluster, params.node);
      const from = z.boolean().parse(asPlanned(call.earlier, resource, 'unschedulable', spec.unschedulable));
      const mark = markFor(metadata.uid, call.alert?.fingerprint);
      if (!from) assertEnough(seen, params);
      const asks = !from && !spec.unschedulable && clusterOf(call).config.dryRun;
      const closed = { unschedulable: true, mark };
      const untried = asks && (await triedOut(async () => write(call, (await readPool(call)).node, closed, true)));
      return {
        summary: `${params.node} of ${params.cluster} takes no new pods; those that run there stay`,
        changes: [{ resource, attribute: 'unschedulable', from, to: true }],
        before: { uid: metadata.uid, unschedulable: from, was: metadata.annotations[MARK] ?? null, mark },
        facts: {
          pool: `${seen.others} others of ${params.pool} are ready and open, ${seen.keep} must be`,
          ...untriedFact(untried),
        },
      };
    },

    async apply(call, before) {
      const written = await compared(call, async () => {
        const seen = await readPool(call);
        const { metadata, spec } = seen.node;
        if (spec.unschedulable) return { write: false };
        if (before.unschedulable || metadata.uid !== before.uid) throw changed(call.params);
        assertEnough(seen, call.params);
        return { write: true, make: () => write(call, seen.node, { unschedulable: true, mark: before.mark }, false) };
      });
      if (written) await assertStillEnough(call, before);
      return { done: true };
    },

    async verify(call) {
      const { node } = await readPool(call);
      const { node: name, cluster } = call.params;
      return node.spec.unschedulable ? { took: true } : { took: false, detail: `${name} of ${cluster} takes new pods` };
    },

    async revert(call, before) {
      await open(call, before);
      return { done: true };
    },
  });
}

const clusterOf = ({ client, params }: Call<Clusters, Params>) => client.of(params.cluster);

/** Two who close two nodes at the same time both saw the other one open: then both go back. */
async function assertStillEnough(call: Changing, before: Before): Promise<void> {
  const seen = await readPool(call);
  if (seen.others >= seen.keep) return;
  await open(call, before);
  assertEnough(seen, call.params);
}

/** Opens the node if it was this step that closed it. */
async function open(call: Changing, { uid, was, mark }: Before): Promise<void> {
  await compared(call, async () => {
    const { node } = await readPool(call);
    const { annotations } = node.metadata;
    const isOurs = node.metadata.uid === uid && node.spec.unschedulable && annotations[MARK] === mark;
    if (!isOurs) return { write: false };
    return { write: true, make: () => write(call, node, { unschedulable: false, mark: was }, false) };
  });
}

function write(
  call: Call<Clusters, Params>,
  { metadata }: ClusterNode,
  { unschedulable, mark }: { unschedulable: boolean; mark: string | null },
  dryRun: boolean,
): Promise<void> {
  const { resourceVersion, name } = metadata;
  const { signal } = call;
  return clusterOf(call).schedule(
    name,
    { unschedulable, annotations: { [MARK]: mark } },
    { resourceVersion, dryRun, signal },
  );
}

/** Of the node and the alert, so that it is the same for all plans and attempts of one execution. */
function markFor(uid: string, fingerprint = 'by-hand'): string {
  return createHash('sha256').update(`${uid} ${fingerprint}`).digest('hex').slice(0, 16);
}

function changed({ node, cluster }: Params): PluginError {
  const detail = `${node} of ${cluster} is not as it was when this was planned`;
  return new PluginError('changed-meanwhile', `${detail}: somebody opened it, or it is another machine`, false);
}
