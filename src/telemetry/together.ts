/** One look for all who ask while it is under way, so that one that never ends is not begun again and again. */
export function together<T>(look: () => Promise<T>): () => Promise<T> {
  let under: Promise<T> | undefined;
  return () => {
    under ??= look().finally(() => (under = undefined));
    return under;
  };
}

/**
 * Gives what a look has found, or undefined when it fails or takes too long.
 *
 * @param withinMs then nobody waits any longer
 */
export async function promptly<T>(look: () => Promise<T>, withinMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, withinMs, undefined)));
  try {
    return await Promise.race([look(), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
