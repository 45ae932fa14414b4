import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../access/needs.js';
import { PLUGINS } from '../parts.js';
import type { LoadedPlugins, Named } from '../plugin-host/loaded-plugins.js';
import { schemaOf } from './read-request.js';

/** Shows what runbooks can use. */
@ApiTags('plugins')
@Controller('api/v1/plugins')
export class PluginsController {
  constructor(@Inject(PLUGINS) private readonly loaded: LoadedPlugins) {}

  /** Lists plugins with their actions, probes and notifiers. */
  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'Plugins with their actions, probes and notifiers, and JSON Schemas of the parameters' })
  list(): object {
    const { plugins, actions, probes, notifiers } = this.loaded;
    return {
      items: plugins,
      actions: parts(actions, ({ summary, risk, idempotency, reversible, params }) => {
        return { summary, risk, idempotency, reversible, params: schemaOf(params) };
      }),
      probes: parts(probes, ({ summary, params }) => ({ summary, params: schemaOf(params) })),
      notifiers: parts(notifiers, ({ summary }) => ({ summary })),
    };
  }
}

function parts<T>(all: ReadonlyMap<string, Named<T>>, view: (item: T) => object): object[] {
  return [...all].map(([name, { plugin, version, item }]) => ({ name, plugin, version, ...view(item) }));
}
