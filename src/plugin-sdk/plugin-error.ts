/**
 * An error that tells the engine what to make of it. A plugin may throw anything; this one carries a code for the log
 * and says whether trying again can help.
 */
export class PluginError extends Error {
  /**
   * @param code short, lower-case with dashes, for example `target-unreachable`
   * @param message what happened and what to do, without secrets
   * @param again false when the same call would fail in the same way (wrong parameters, refused credentials)
   */
  constructor(
    readonly code: string,
    message: string,
    readonly again: boolean = true,
  ) {
    super(message);
    this.name = 'PluginError';
  }
}
