import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Needs } from '../access/needs.js';
import { PLUGINS } from '../parts.js';
import { writtenSchema } from '../plugin-host/child/described.js';
import type { ChildState } from '../plugin-host/child/plugin-child.js';
import type { LoadedPlugins, Named } from '../plugin-host/loaded-plugins.js';
import { redactor } from '../plugin-host/redact.js';
import { schemaOf } from './read-request.js';

/** Shows what runbooks can use. */
@ApiTags('plugins')
@Controller('api/v1/plugins')
export class PluginsController {
  constructor(@Inject(PLUGINS) private readonly loaded: LoadedPlugins) {}

  /** Lists plugins with their actions, probes and notifiers. */
  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'Plugins with their actions, probes and notifiers, and JSON Schemas of the parameters' })
  list(): object {
    const { plugins, actions, probes, notifiers, children, secrets } = this.loaded;
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
}

/** Where a plugin runs, and how its process is when it has one of its own. */
function placeOf(state: ChildState | undefined, mask: (text: string) => string): object {
  if (state === undefined) return { runsIn: 'service' };
  const { lastEnd, ...now } = state;
  if (lastEnd === undefined) return { runsIn: 'child', child: now };
  const { why, detail, at } = lastEnd;
  return { runsIn: 'child', child: { ...now, lastEnd: { why, detail: mask(detail), at: new Date(at).toISOString() } } };
}

function parametersOf(params: z.ZodType): object {
  return writtenSchema(params) ?? schemaOf(params);
}

function parts<T>(all: ReadonlyMap<string, Named<T>>, view: (item: T) => object): object[] {
  return [...all].map(([name, { plugin, version, item }]) => ({ name, plugin, version, ...view(item) }));
}
