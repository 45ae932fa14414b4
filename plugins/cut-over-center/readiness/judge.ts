import type { Measurement } from '../../../src/plugin-sdk/index.js';
import type { Finding } from './finding.js';

/**
 * Makes one measurement of all checks: unhealthy with every reason when one is not in order, unknown when one cannot be
 * told, and only healthy when all are in order.
 *
 * @param findings of every check that was asked for
 */
export function judge(center: string, from: string, findings: readonly Finding[]): Measurement {
  const values = Object.fromEntries(findings.flatMap((one) => Object.entries(one.values ?? {})));
  const details = (says: Finding['says']): string[] =>
    findings.filter((one) => one.says === says).map(({ detail }) => detail);
  const reasons = [...details('not-ok'), ...details('untold')];
  const told = (status: Measurement['status'], words: string, lines: readonly string[]): Measurement => ({
    status,
    values,
    // reads well on lines of their own, and on one line too, where there is only one
    detail: lines.length === 1 ? `${words}: ${lines[0]}` : `${words}:\n${lines.join(';\n')}`,
  });
  if (details('not-ok').length > 0)
    return told('unhealthy', `${center} is not ready to take over from ${from}`, reasons);
  if (reasons.length > 0 || findings.length === 0)
    return told('unknown', `whether ${center} is ready to take over from ${from} cannot be told`, reasons);
  return told('healthy', `${center} is ready to take over from ${from}`, details('ok'));
}
