import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../access/needs.js';
import { PLUGINS } from '../parts.js';
import type { LoadedPlugins } from '../plugin-host/loaded-plugins.js';
import { pluginsView } from './plugins-view.js';

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
    return pluginsView(this.loaded);
  }
}
