import type { Snapshot } from '../catalog/snapshot.js';

const MOST_NAMED = 20;

/** Says in one line which runbooks wait for the configuration of plugins; nothing when none does. */
export function sayResting({ resting }: Pick<Snapshot, 'resting'>): string | undefined {
  const names = [...resting.keys()];
  if (names.length === 0) return undefined;
  const count = names.length === 1 ? '1 runbook rests until its' : `${names.length} runbooks rest until their`;
  const named = names.slice(0, MOST_NAMED).join(', ');
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const where = 'the Runbooks page of the console and "firebreak validate" say which';
  return `${count} plugins are configured: ${named}${more} (${where})`;
}
