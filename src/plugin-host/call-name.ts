/** Which part of which plugin is called. */
export interface CallName {
  readonly plugin: string;
  readonly part: string;
  readonly verb: 'check' | 'plan' | 'apply' | 'verify' | 'revert' | 'measure' | 'send';
}
