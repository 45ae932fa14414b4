import { registerHooks } from 'node:module';

const SDK = new URL('../../plugin-sdk/index.js', import.meta.url).href;

/**
 * Has everything that is imported from now on use the SDK of this installation, and its zod where there is no other: a
 * folder of a plugin needs no installation, and no plugin has another copy of the SDK.
 *
 * @param more other names that are found in this installation, with their addresses
 */
export function useOneSdk(more: Readonly<Record<string, string>> = {}): void {
  const ours = new Map(Object.entries({ 'firebreak/plugin-sdk': SDK, ...more }));
  registerHooks({
    resolve: (specifier, context, next) => {
      const url = ours.get(specifier);
      if (url !== undefined) return { url, shortCircuit: true };
      try {
        return next(specifier, context);
      } catch (error) {
        if (specifier !== 'zod') throw error;
        return next(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
}
