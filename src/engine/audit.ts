import { sha1 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Instant } from '../core/alert.js';
import type { DrillResult } from '../core/drill-result.js';
import type { Event, EventType } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import type { Pause } from '../core/pause.js';
import { sha256Hex } from '../core/plan-digest.js';

/** One link of the audit's chain as it is kept. */
export interface AuditRecord {
  /** 1, 2, 3 and so on without a gap. */
  readonly n: number;
  /** An `AuditFact` as JSON. */
  readonly text: string;
  /** SHA-1 of the hash before it, none for the first, followed by the text. */
  readonly hash: string;
}

/** The end of the chain: number and hash of its last record; 0 and nothing while there is none. */
export type AuditHead = Omit<AuditRecord, 'text'>;

/** What was done: something happened to an execution, or a person or a guard changed what holds for others. */
export type AuditDeed =
  | EventType
  | 'pause-added'
  | 'pause-lifted'
  | 'trust-restored'
  | 'storm-ended'
  | 'center-set'
  | 'reload-asked'
  | 'logged-in'
  | 'drill-held'
  | 'taken';

/** Who changes what holds for others: by which account from where, and why. */
export interface Doer {
  /** Name of the person. */
  readonly by: string;
  readonly from?: string | undefined;
  readonly reason?: string | undefined;
}

/** What one record says. */
export interface AuditFact {
  readonly n: number;
  /** For an event the time that stands in the journal, otherwise the store's. */
  readonly at: Instant;
  /** An `AuditDeed`; later versions may know more of them. */
  readonly what: string;
  /** Id of the execution or pause, name of the runbook, centre or drill, key of the storm. */
  readonly of: string;
  /** Place of the event in the execution's journal. */
  readonly seq?: number;
  readonly by?: string;
  /** By which account a person acted, and from where. */
  readonly from?: string;
  /** SHA-256 of the event's JSON exactly as it stands in the journal. */
  readonly digest?: string;
  readonly detail?: string;
}

/** How many records are kept at least; older ones are dropped some at a time. */
export const KEEP_AUDIT_RECORDS = 200_000;

/** SHA-1 of a text as Redis' scripts compute it, in lower-case hexadecimal digits. */
export function sha1Hex(text: string): string {
  return bytesToHex(sha1(utf8ToBytes(text)));
}

/** A record but for its number, its time and its place in a journal, which only the store knows: JSON without its beginning. */
export function auditEntry(
  what: AuditDeed,
  of: string,
  about: Pick<AuditFact, 'by' | 'from' | 'digest' | 'detail'> = {},
): string {
  return JSON.stringify({ what, of, ...about }).slice(1);
}

/**
 * The record of an event.
 *
 * @param id of the execution
 * @param event what happened
 * @param json the event as it goes into the journal
 */
export function auditOfEvent(id: string, event: Event, json: string): string {
  const by = whoOf(event);
  return auditEntry(event.type, id, {
    ...(by === undefined ? {} : { by }),
    ...whenceOf(event),
    digest: sha256Hex(json),
    ...whyOf(event),
  });
}

/** An execution as JSON, and the record of its opening. */
export function openingTexts(execution: Execution): { readonly record: string; readonly entry: string } {
  const record = JSON.stringify(execution);
  // as lua/opening.lua puts it into the journal
  const json = `{"type":"opened","execution":${record}}`;
  return { record, entry: auditOfEvent(execution.id, { type: 'opened', execution }, json) };
}

/** The record of what a person has done; what is known of it beside the reason stands before the reason. */
export function auditOfPerson(what: AuditDeed, of: string, { by, from, reason }: Doer, about?: string): string {
  const detail = [about, reason].filter((part) => part !== undefined).join(': ');
  return auditEntry(what, of, {
    by,
    ...(from === undefined ? {} : { from }),
    ...(detail === '' ? {} : { detail }),
  });
}

/** The record of a centre that a person has called out of service, or back. */
export function auditOfCenter(center: string, serving: boolean, doer: Doer): string {
  return auditOfPerson('center-set', center, doer, serving ? 'in service' : 'out of service');
}

/** The record of a catalogue that a person wants read again. */
export function auditOfReload(acceptLoss: boolean, doer: Doer): string {
  return auditOfPerson('reload-asked', 'catalogue', doer, acceptLoss ? 'runbooks may be lost' : undefined);
}

/** The record of somebody who logged in by an account that is there for emergencies. */
export function auditOfLogin(account: string, doer: Doer): string {
  return auditOfPerson('logged-in', account, doer);
}

/** The record of a drill that was held. */
export function auditOfDrill({ drill, passed, detail }: DrillResult, doer: Doer): string {
  return auditOfPerson('drill-held', drill, { ...doer, reason: detail }, passed ? 'passed' : 'not passed');
}

/** The record of a pause that is begun. */
export function auditOfPause({ id, scope, reason, by, until }: Pause, from?: string): string {
  const end = until === undefined ? '' : `, until ${new Date(until).toISOString()}`;
  return auditOfPerson('pause-added', id, { by, from, reason: `${reason}${end}` }, scope);
}

function whoOf(event: Event): string | undefined {
  if (event.type === 'opened') return event.execution.requestedBy;
  return 'by' in event ? event.by : undefined;
}

/** Why a person did it; what Firebreak does by itself says so in its journal. */
function whyOf(event: Event): Pick<AuditFact, 'detail'> {
  const reason = event.type === 'opened' ? event.execution.reason : 'reason' in event ? event.reason : undefined;
  return reason === undefined ? {} : { detail: reason };
}

function whenceOf(event: Event): Pick<AuditFact, 'from'> {
  const from = event.type === 'opened' ? event.execution.requestedFrom : 'from' in event ? event.from : undefined;
  return from === undefined ? {} : { from };
}
