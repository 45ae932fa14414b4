import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { FirebreakError } from '../core/errors.js';
import { callerOf } from './caller.js';
import { unknownCaller } from './callers.js';
import { mustBeOurPage } from './sessions/csrf.js';
import { mustMay } from './may.js';
import { Needs, NeedsCaller } from './needs.js';
import type { Permission } from './permission.js';
import { isPublic } from './public-routes.js';

/**
 * Stands before every handler and lets nobody in unless something says that they may. Who calls was found out before the
 * body was read (identify-callers.ts); where that did not happen, nobody calls.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isPublic(request.method, request.routeOptions.url)) return true;
    const caller = callerOf(request);
    if (caller === undefined) throw unknownCaller();
    if (caller.csrf !== undefined) mustBeOurPage(request, caller.csrf);
    if (this.reflector.get(NeedsCaller, context.getHandler()) !== undefined) return true;
    const needed: Permission | undefined = this.reflector.get(Needs, context.getHandler());
    if (needed === undefined)
      throw new FirebreakError('forbidden', 'nobody may use this address: it says not what it needs');
    mustMay(caller.person, needed);
    return true;
  }
}
