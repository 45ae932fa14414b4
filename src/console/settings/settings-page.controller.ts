import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../../access/needs.js';
import type { Config } from '../../config.js';
import { CONFIG, PLUGINS } from '../../parts.js';
import type { LoadedPlugins } from '../../plugin-host/loaded-plugins.js';
import { Pages } from '../pages.js';
import { settingsModel } from './settings-model.js';

/** The settings in force. */
@ApiExcludeController()
@Controller('settings')
export class SettingsPageController {
  constructor(
    private readonly pages: Pages,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(PLUGINS) private readonly loaded: LoadedPlugins,
  ) {}

  /** Shows them, with secrets masked. */
  @Get()
  @Needs('see-settings')
  show(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string {
    const page = { view: 'settings', title: 'Settings', at: '/settings' } as const;
    return this.pages.show(request, reply, page, settingsModel(this.config, this.loaded.secrets));
  }
}
