import type { Instant } from '../core/alert.js';

/** What the twins of claims need of the store. */
export interface MemoryClock {
  now(): Instant;
  isOpen(id: string): boolean;
}
