const CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
];

/** What ioredis says when it has no connection; it has no codes for this. */
const SAYINGS =
  /^(?:Connection is closed|Stream isn't writeable|Command timed out|Failed to refresh slots cache|All sentinels are unreachable)/;

/** What Redis itself answers when it cannot take anything now. */
const ANSWERS = /^(?:LOADING|READONLY|OOM|MISCONF|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|UNKILLABLE)\b/;

/** Tells whether something failed because the store is away or takes nothing, so that the same may succeed later. */
export function isStoreFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'MaxRetriesPerRequestError' || error.name === 'ClusterAllFailedError') return true;
  if ('code' in error && typeof error.code === 'string' && 'syscall' in error && CODES.includes(error.code))
    return true;
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isStoreFailure);
  return SAYINGS.test(error.message) || (error.name === 'ReplyError' && ANSWERS.test(error.message));
}
