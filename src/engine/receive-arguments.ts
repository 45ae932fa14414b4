import { seenOf } from './decision-text.js';
import type { Receipt } from './execution-store.js';
import { jsonForScript } from './redis-scripts.js';

/** Writes one alert as arguments in the order of lua/receive.lua; what the script need not look into goes as text that it only copies. */
export function argumentsOf(receipt: Receipt): (string | number)[] {
  const { alert, openings, refusals, repeats = [] } = receipt;
  const { status, fingerprint, startsAt, endsAt = startsAt } = alert;
  const refused = refusals.map((no) => JSON.stringify({ ...no, decision: 'suppressed' })).join(',');
  return [
    status,
    fingerprint,
    status === 'firing' ? startsAt : endsAt,
    JSON.stringify(seenOf(receipt)),
    refused,
    repeats.length,
    ...repeats.flatMap(({ runbook, executionId }) => [runbook, executionId]),
    openings.length,
    ...openings.flatMap(({ execution, claims }) => {
      const { id, runbook, target } = execution;
      return [id, runbook, target, jsonForScript(claims), JSON.stringify(execution)];
    }),
  ];
}
