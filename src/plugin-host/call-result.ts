/** What came of a call into a plugin; a failure is a value, because the engine has an answer to it. */
export type CallResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: CallFailure };

/** Why a call failed. */
export interface CallFailure {
  /** From the plugin, or `timed-out`, `unknown-name`, `wrong-parameters`, `plugin-failed`, `overtaken`, `withheld`. */
  readonly code: string;
  /** For a person; secrets are masked. */
  readonly detail: string;
  /** Whether the same call may succeed later. */
  readonly again: boolean;
}
