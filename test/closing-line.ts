import type { Reporter, TestModule, TestSuite } from 'vitest/node';

const CONTRACT = ' keeps the contract of actions';

/**
 * Ends a test run with the list of what kept the contract of actions, and where, and with one line that says how the run
 * went, such as "123 passed, 0 failed".
 */
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
    for (const line of contractLines(modules)) process.stdout.write(`${line}\n`);
    process.stdout.write(`${closingLine(counts)}\n`);
  }
}

function contractLines(modules: readonly TestModule[]): string[] {
  const suites = modules.flatMap((module) => [...module.children.allSuites()]);
  const lines = suites.filter(({ name }) => name.endsWith(CONTRACT)).map(contractLine);
  return lines.length === 0 ? [] : ['The contract of actions:', ...lines.toSorted()];
}

function contractLine(suite: TestSuite): string {
  const tests = [...suite.children.allTests()];
  const passed = tests.filter((test) => test.result().state === 'passed').length;
  return `  ${suite.fullName.replace(CONTRACT, '')}: ${passed} of ${tests.length} clauses`;
}

function failuresOutsideTests(module: TestModule): number {
  let failures = module.errors().length;
  for (const suite of module.children.allSuites()) failures += suite.errors().length;
  return failures;
}

function closingLine({ passed, failed, skipped }: { passed: number; failed: number; skipped: number }): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
