import { Reflector } from '@nestjs/core';
import type { Permission } from './permission.js';

/** Marks a handler with what its caller must be allowed; a handler without this mark answers to nobody. */
export const Needs = Reflector.createDecorator<Permission>();

/** Marks a handler that answers to everybody whose credential counts, whatever they may do: who has no role must be able to leave. */
export const NeedsCaller = Reflector.createDecorator<'any'>();
