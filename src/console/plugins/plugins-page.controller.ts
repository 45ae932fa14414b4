import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../../access/needs.js';
import { pluginsView } from '../../api/plugins-view.js';
import { PLUGINS } from '../../parts.js';
import type { LoadedPlugins } from '../../plugin-host/loaded-plugins.js';
import { Pages } from '../pages.js';
import { pluginsModel } from './plugins-model.js';

/** What runbooks can use. */
@ApiExcludeController()
@Controller('plugins')
export class PluginsPageController {
  constructor(
    private readonly pages: Pages,
    @Inject(PLUGINS) private readonly loaded: LoadedPlugins,
  ) {}

  /** Shows the plugins with their parts. */
  @Get()
  @Needs('read')
  list(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string {
    const page = { view: 'plugins', title: 'Plugins', at: '/plugins' } as const;
    return this.pages.show(request, reply, page, pluginsModel(pluginsView(this.loaded)));
  }
}
