import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

const long = '**/*.long.spec.ts';

export default defineConfig({
  test: {
    // these end what hangs; whatever is waited for has a limit of its own
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // most of the time is spent waiting for real programs
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['default', './test/closing-line.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.spec.ts', 'plugins/**/*.spec.ts', 'grafana/**/*.spec.ts', 'test/*.spec.ts'],
          exclude: [...configDefaults.exclude, long],
          // a third of the time was importing the same files again
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'system', include: ['test/*/**/*.spec.ts'], exclude: [...configDefaults.exclude, long] },
      },
      { extends: true, test: { name: 'long', include: [long] } },
    ],
  },
});
