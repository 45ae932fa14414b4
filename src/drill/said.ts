/** Says in words what went wrong. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
