import { pathToFileURL } from 'node:url';

/** Why something older is in force than was asked for; it stands in every line of the log for as long as that is so. */
export interface FallbackContext {
  readonly trigger_reason: string;
  /** Where the newest edition lies, as a URI. */
  readonly original_endpoint: string;
  readonly fallback_strategy: 'last-known-good';
}

/**
 * Tells what the catalogue falls back on; undefined while its newest edition is in force.
 *
 * @param last what came of the newest edition
 * @param folder where it lies
 */
export function fallbackOf(
  last: { readonly activated: true } | { readonly activated: false; readonly because: string },
  folder: string,
): FallbackContext | undefined {
  if (last.activated) return undefined;
  const original_endpoint = pathToFileURL(folder).href;
  return { trigger_reason: last.because, original_endpoint, fallback_strategy: 'last-known-good' };
}
