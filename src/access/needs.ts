import { Reflector } from '@nestjs/core';
import type { Role } from './roles.js';

/** Marks a handler with the role that its caller needs; a handler without this mark answers to nobody. */
export const Needs = Reflector.createDecorator<Role>();
