import type { pluginsView } from '../../api/plugins-view.js';

/** Makes what the page shows: each plugin with its own parts. */
export function pluginsModel({ items, actions, probes, notifiers }: ReturnType<typeof pluginsView>) {
  const used = items.filter(({ configured }) => configured);
  return {
    status: `${used.length} of ${items.length} plugins are configured`,
    plugins: used.map((plugin) => ({
      id: plugin.id,
      version: plugin.version,
      place: plugin.runsIn === 'child' ? 'in a process of its own' : 'in the service',
      ended: endOf(plugin),
      parts: [
        ...actions.filter(isOf(plugin.id)).map((one) => ({
          kind: 'action',
          ...about(one),
          risk: one.risk ?? 'not rated',
          idempotency: one.idempotency,
          params: text(one.params),
        })),
        ...probes
          .filter(isOf(plugin.id))
          .map((one) => ({ kind: 'probe', ...about(one), risk: '', idempotency: '', params: text(one.params) })),
        ...notifiers
          .filter(isOf(plugin.id))
          .map((one) => ({ kind: 'notifier', ...about(one), risk: '', idempotency: '', params: '' })),
      ],
    })),
    others: items.filter(({ configured }) => !configured).map(({ id, version }) => ({ id, version })),
  };
}

type Item = ReturnType<typeof pluginsView>['items'][number];

function endOf(plugin: Item): string {
  const last = plugin.runsIn === 'child' && 'lastEnd' in plugin.child ? plugin.child.lastEnd : undefined;
  return last === undefined ? '' : `Its process ended last at ${last.at} (${last.why}): ${last.detail}`;
}

function isOf(id: string): (part: { readonly plugin: string }) => boolean {
  return ({ plugin }) => plugin === id;
}

function about({ name, summary }: { readonly name: string; readonly summary: string }) {
  return { name, summary };
}

function text(schema: object): string {
  return JSON.stringify(schema, undefined, 2);
}
