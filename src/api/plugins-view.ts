import type { z } from 'zod';
import { writtenSchema } from '../plugin-host/child/described.js';
import type { ChildState } from '../plugin-host/child/plugin-child.js';
import type { LoadedPlugins, Named } from '../plugin-host/loaded-plugins.js';
import { redactor } from '../plugin-host/redact.js';
import { schemaOf } from './read-request.js';

/** What runbooks can use: plugins with their actions, probes and notifiers, and JSON Schemas of the parameters. */
export function pluginsView({ plugins, actions, probes, notifiers, children, secrets }: LoadedPlugins) {
  const mask = redactor(secrets);
  return {
    items: plugins.map((plugin) => ({ ...plugin, ...placeOf(children?.stateOf(plugin.id), mask) })),
    actions: parts(actions, ({ summary, risk, idempotency, reversible, params }) => {
      return { summary, risk, idempotency, reversible, params: parametersOf(params) };
    }),
    probes: parts(probes, ({ summary, params }) => ({ summary, params: parametersOf(params) })),
    notifiers: parts(notifiers, ({ summary }) => ({ summary })),
  };
}

/** Where a plugin runs, and how its process is when it has one of its own. */
function placeOf(state: ChildState | undefined, mask: (text: string) => string) {
  if (state === undefined) return { runsIn: 'service' as const };
  const { lastEnd, ...now } = state;
  if (lastEnd === undefined) return { runsIn: 'child' as const, child: now };
  const { why, detail, at } = lastEnd;
  const end = { why, detail: mask(detail), at: new Date(at).toISOString() };
  return { runsIn: 'child' as const, child: { ...now, lastEnd: end } };
}

function parametersOf(params: z.ZodType): object {
  return writtenSchema(params) ?? schemaOf(params);
}

function parts<T, View extends object>(all: ReadonlyMap<string, Named<T>>, view: (item: T) => View) {
  return [...all].map(([name, { plugin, version, item }]) => ({ name, plugin, version, ...view(item) }));
}
