import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { FirebreakError } from '../core/errors.js';
import { ASSET_FILES } from './asset-files.js';

/** Serves what pages load; whoever is not logged in needs it for the login page. */
@ApiExcludeController()
@Controller('assets')
export class AssetsController {
  /** One file. */
  @Get(':file')
  file(@Param('file') name: string, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    const file = ASSET_FILES.get(name);
    if (file === undefined) throw new FirebreakError('not-found', 'there is no such file');
    void reply.header('content-type', file.type).header('cache-control', 'public, max-age=31536000, immutable');
    return file.content;
  }
}
