import { PluginError } from '../../src/plugin-sdk/index.js';
import type { TsigRemark } from './dns-tsig.js';

/** Codes of answers (RFC 1035, RFC 2136) that are told apart here. */
export const CODE = { NOERROR: 0, NXDOMAIN: 3, YXDOMAIN: 6, YXRRSET: 7, NXRRSET: 8 } as const;

type Reason = readonly [code: string, what: string, again: boolean];

const REASONS: ReadonlyMap<number, Reason> = new Map<number, Reason>([
  [1, ['not-understood', 'does not understand the message (FORMERR)', false]],
  [2, ['target-failed', 'failed (SERVFAIL): look into its log', true]],
  [4, ['refused-by-target', 'does not know such messages (NOTIMP)', false]],
  [5, ['refused-by-target', 'refuses it (REFUSED): let this key ask and update the zone there', false]],
  [9, ['not-authoritative', 'is not the primary server of the zone (NOTAUTH)', false]],
  [10, ['not-in-zone', 'says that the name is not in the zone (NOTZONE)', false]],
]);

const REMARKS: ReadonlyMap<number, Reason> = new Map<number, Reason>([
  [16, ['bad-key', 'says that the signature is wrong (BADSIG): it has another secret for this key', false]],
  [17, ['bad-key', 'does not know this key with this algorithm (BADKEY)', false]],
]);

/**
 * Makes an error of an answer that is a refusal.
 *
 * @param name what the server is called
 * @param code of the answer, other than NOERROR
 * @param remark what it said about the signature
 */
export function dnsRefusal(name: string, code: number, remark: TsigRemark): PluginError {
  if (remark.aheadBy !== undefined) {
    const direction = remark.aheadBy > 0 ? 'ahead of' : 'behind';
    const detail = `${name} says that the message is not of now (BADTIME): its clock is ${Math.abs(remark.aheadBy)} s ${direction} ours; set both by NTP`;
    // A clock may be set meanwhile, and a process that was stopped for a while signs again.
    return new PluginError('clock-skew', detail);
  }
  const reason = remark.error === 0 ? REASONS.get(code) : REMARKS.get(remark.error);
  const said = remark.error === 0 ? code : remark.error;
  const [kind, what, again] = reason ?? ['refused-by-target', `answered with code ${said}`, false];
  return new PluginError(kind, `${name} ${what}`, again);
}
