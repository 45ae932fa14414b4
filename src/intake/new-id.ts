import { randomUUID } from 'node:crypto';
import type { Instant } from '../core/alert.js';

/** Makes an id that sorts by time and that nobody can guess: time in base 36, then 76 random bits. */
export function newId(prefix: 'x' | 'r' | 'p', now: Instant): string {
  return `${prefix}${now.toString(36)}-${randomUUID().slice(9).replaceAll('-', '')}`;
}
