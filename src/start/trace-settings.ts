import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { configSpan } from '../telemetry/config-span.js';

/**
 * Shows in the traces from where the settings were read. Of their contents nothing is told, not even a digest: secrets stand
 * there, so their version is the time at which the file was changed.
 *
 * @param env the process's environment
 * @param cwd what relative paths start from
 * @param began when they began to be read, in milliseconds since 1970
 */
export function traceSettings(env: NodeJS.ProcessEnv, cwd: string, began: number): void {
  configSpan([{ source: 'env', format: 'env' }], began)({});
  const path = resolve(cwd, env['FIREBREAK_CONFIG']?.trim() || 'firebreak.yaml');
  const changed = statSync(path, { throwIfNoEntry: false })?.mtime;
  if (changed === undefined) return;
  configSpan([{ source: 'file', path, format: 'yaml' }], began)({ version: changed.toISOString() });
}
