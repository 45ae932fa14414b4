import { among, each, lines, nothing, value, type Expected } from './checks.js';

/** What the board firebreak-overview shows of the known history. */
export const OVERVIEW: Expected = {
  'Waiting for people': { A: value(7) },
  Held: { A: value(3) },
  'At work': { A: value(2) },
  'In force for a time': { A: value(4) },
  Storms: { A: value(1) },
  Pauses: { A: value(1) },
  'Oldest due': { A: lines('') },
  Canary: { A: lines('') },
  'Alerts that come in': { A: lines('alertmanager firing') },
  'What is decided about them': {
    A: among('cooldown suppressed', 'no-runbook noted', 'no-target suppressed', 'opened'),
  },
  'Open executions': {
    A: each({ applying: 0, 'awaiting-approval': 7, held: 3, holding: 4, planning: 0, reverting: 0, verifying: 2 }),
  },
  'How executions end': {
    A: among('cancelled', 'dry-run', 'expired', 'failed', 'not-needed', 'rejected', 'reverted', 'succeeded'),
  },
  'Executions that failed': { A: lines(''), B: lines('') },
  'What is wrong with Firebreak itself': {
    A: among('FirebreakDrillFailed warning', 'FirebreakHeld critical', 'FirebreakStorm critical'),
  },
  Requests: {
    A: among('/api/v1/alert/trigger', '/api/v1/executions/:id', '/api/v1/executions/:id/approve', '/metrics'),
  },
  'Requests that went wrong': { A: lines(''), B: lines('method-not-allowed', 'not-found') },
  'How long requests take': { A: among('/api/v1/alert/trigger', '/api/v1/executions/:id', '/metrics') },
  'How long an alert waits for its answer': { A: lines(''), B: lines('') },
  'Jobs in the queue': { A: lines('active', 'delayed', 'failed', 'waiting') },
  'How late work is': { A: lines(''), B: lines('') },
  'Age of the permit to begin': { A: lines('') },
  'Wake-ups that could not be set': { A: value(0) },
  'How long plugins take': { A: among('cut-over-center measure', 'practice apply', 'practice check', 'practice plan') },
  'Messages that wait': { A: nothing('no notifier is configured') },
  Processor: { A: lines('') },
  Memory: { A: lines('') },
  'Heap in use': { A: lines('') },
  'Event loop': { A: lines('') },
  'Garbage collection': { A: lines('') },
  'Open resources': { A: lines('') },
  Processes: { A: each({ '0.1.0': 1 }) },
  'Series that are left out': { A: nothing('far less is open than has room at /metrics') },
};
