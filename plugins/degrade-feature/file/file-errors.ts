import { dirname } from 'node:path';
import { PluginError } from '../../../src/plugin-sdk/index.js';

/**
 * Refuses a file that Kubernetes keeps as a ConfigMap or Secret says, behind links through `..data`: it would be put back.
 *
 * @param path as configured
 * @param real where its links lead
 * @throws PluginError `refused-by-target`
 */
export function refuseMounted(path: string, real: string): void {
  if (
    !dirname(real)
      .split('/')
      .some((part) => part.startsWith('..'))
  )
    return;
  const what = `${path} is mounted from a ConfigMap or Secret, and Kubernetes would put it back: change that instead`;
  throw new PluginError('refused-by-target', what, false);
}

/**
 * Makes of an error of the file system one that says what to do; others pass as they are.
 *
 * @param path as configured
 */
export function explained(error: unknown, path: string, signal: AbortSignal): unknown {
  if (error instanceof PluginError) return error;
  if (signal.aborted) return new PluginError('aborted', `${path} was not waited for: the call was broken off`);
  const refused = (why: string) => new PluginError('refused-by-target', `${path} ${why}`, false);
  if (error instanceof TypeError) return new PluginError('not-understood', `${path} is no UTF-8 text`, false);
  // What the fence throws has no code of the file system.
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  switch (error.code) {
    case 'ENOENT':
      return new PluginError('target-unreachable', `${path} is not there`);
    case 'ENOSPC':
    case 'EDQUOT':
      return new PluginError('target-failed', `${path} can't be replaced: there is no room left beside it`);
    case 'ELOOP':
    case 'EISDIR':
    case 'ENOTDIR':
      return new PluginError('not-a-file', `${path} is no plain file and no link to one`, false);
    case 'EBUSY':
      return refused("can't be replaced: it is mounted as a single file; mount the folder that holds it");
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return refused(`can't be read or replaced (${error.code}): Firebreak must be able to write into its folder`);
  }
  return refused(`can't be read or replaced: ${error.code}`);
}
