import type { Reporter, TestModule } from 'vitest/node';

/** Ends a test run with one line that says how it went, such as "123 passed, 0 failed". */
export default class ClosingLine implements Reporter {
  /** Counts the tests, and as failed also the files that could not be loaded and errors outside of tests. */
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      counts.failed += failuresOutsideTests(module);
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        // A test that never came to an end, as after a crashed worker, did not pass.
        counts[state === 'pending' ? 'failed' : state] += 1;
      }
    }
    process.stdout.write(`${closingLine(counts)}\n`);
  }
}

function failuresOutsideTests(module: TestModule): number {
  let failures = module.errors().length;
  for (const suite of module.children.allSuites()) failures += suite.errors().length;
  return failures;
}

function closingLine({ passed, failed, skipped }: { passed: number; failed: number; skipped: number }): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
