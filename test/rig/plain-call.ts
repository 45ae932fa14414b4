import type { BareEffectCall, BarePlanCall } from '../../src/plugin-sdk/plugin.js';

/** Makes a call to an action as the host makes it, with an open fence and no earlier steps, or what differs from that. */
export function plainCall(differs: Partial<BareEffectCall & BarePlanCall> = {}): BareEffectCall & BarePlanCall {
  return {
    key: 'k',
    epoch: 1,
    earlier: [],
    signal: new AbortController().signal,
    log: { info: () => {}, warn: () => {} },
    fence: async () => {},
    ...differs,
  };
}
