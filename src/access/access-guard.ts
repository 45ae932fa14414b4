import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { FirebreakError } from '../core/errors.js';
import { Credentials } from './credentials.js';
import { Needs } from './needs.js';
import { remember } from './person.js';
import { isPublic } from './public-routes.js';
import { holds, type Role } from './roles.js';

/** Stands before every handler and lets nobody in unless something says that they may. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly credentials: Credentials,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isPublic(request.method, request.routeOptions.url)) return true;
    const person = this.credentials.identify(request.headers.authorization);
    if (person === undefined) throw unknownCaller();
    const needed: Role | undefined = this.reflector.get(Needs, context.getHandler());
    if (needed === undefined) throw new FirebreakError('forbidden', 'nobody may use this address: it names no role');
    if (!holds(person.roles, needed)) {
      throw new FirebreakError('forbidden', `${person.name} has not the role "${needed}" that this needs`);
    }
    remember(request, person);
    return true;
  }
}

/** The answer to whoever has no token, or one that is not known; it does not say which. */
export function unknownCaller(): FirebreakError {
  return new FirebreakError('unauthenticated', 'this needs a token that Firebreak knows');
}
