import { RE2JS } from 're2js';

const SELECTED_JOB = /\bjob\s*(=~|=)\s*(?:"([^"]*)"|'([^']*)')/g;
const RANGE = /\[\s*((?:\d+[a-z]+)+)\s*(?:\]|:)/g;

/**
 * Tells which scrape jobs an expression reads, as far as its text says so.
 *
 * @param expression PromQL of an alert rule
 * @param jobs the names of all jobs
 * @returns the jobs it selects, or nothing when it names none that is known
 */
export function jobsIn(expression: string, jobs: readonly string[]): readonly string[] {
  const selected = [...expression.matchAll(SELECTED_JOB)].flatMap(([, operator, inDouble, inSingle]) => {
    const value = inDouble ?? inSingle ?? '';
    return operator === '=' ? jobs.filter((job) => job === value) : jobs.filter((job) => regexMatches(value, job));
  });
  return [...new Set(selected)];
}

/** Gives the windows an expression looks back over, such as `5m` of `rate(errors[5m])`. */
export function windowsIn(expression: string): readonly string[] {
  return [...new Set([...expression.matchAll(RANGE)].map(([, window]) => window ?? ''))];
}

function regexMatches(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL).matches(text);
  } catch {
    return false;
  }
}
