import { each, lines, nothing, rows, value, type Expected } from './checks.js';

/** What the board firebreak-recovery shows of the known history. */
export const RECOVERY: Expected = {
  'Runbooks slower than their goal': { A: lines('') },
  'Runbooks that may lose more than their goal': { A: nothing('no cut-over with data has run') },
  'Drills that need somebody': { A: value(1) },
  'Recoveries that proved well': { A: value(7) },
  'Time to recover against the goal': {
    things: each({ careful: 1, 'cut-over-center': 1, leased: 1, quick: 1 }),
    p50: lines('careful', 'cut-over-center', 'leased', 'quick'),
    p95: lines('careful', 'cut-over-center', 'leased', 'quick'),
    goal: each({ 'cut-over-center': 12, quick: 1 }),
    verdict: lines('cut-over-center', 'quick'),
  },
  'Data that may be missing': {
    things: each({ careful: 1 }),
    loss: each({ careful: -1 }),
    goal: each({ careful: 5 }),
    verdict: each({ careful: -1 }),
  },
  'Stages of a recovery, p50': {
    received: lines('broken', 'careful', 'cut-over-center', 'hasty', 'leased', 'quick', 'rare', 'vain', 'watching'),
    decided: lines('broken', 'careful', 'cut-over-center', 'hasty', 'leased', 'quick', 'rare', 'vain', 'watching'),
    first_effect: lines('careful', 'cut-over-center', 'leased', 'quick', 'rare', 'vain'),
    applied: lines('careful', 'cut-over-center', 'leased', 'quick', 'rare', 'vain'),
    verified: lines('careful', 'cut-over-center', 'leased', 'quick'),
  },
  'Stages of a recovery, p95': {
    received: lines('broken', 'careful', 'cut-over-center', 'hasty', 'leased', 'quick', 'rare', 'vain', 'watching'),
    decided: lines('broken', 'careful', 'cut-over-center', 'hasty', 'leased', 'quick', 'rare', 'vain', 'watching'),
    first_effect: lines('careful', 'cut-over-center', 'leased', 'quick', 'rare', 'vain'),
    applied: lines('careful', 'cut-over-center', 'leased', 'quick', 'rare', 'vain'),
    verified: lines('careful', 'cut-over-center', 'leased', 'quick'),
  },
  'Time to recover over time': {
    p95: lines('careful', 'cut-over-center', 'leased', 'quick'),
    goal: each({ 'cut-over-center': 12, quick: 1 }),
  },
  'Recent recoveries': { A: rows(12, { phase: 'closed', trigger: 'alert', requested_by: 'alertmanager' }) },
  'Drills, the last run of each': {
    things: each({ 'kill-center': 1, 'slow-center': 1 }),
    passed: each({ 'kill-center': 1, 'slow-center': 0 }),
    held: lines('kill-center', 'slow-center'),
    overdue: each({ 'kill-center': 0, 'slow-center': 0 }),
    recovery: each({ 'kill-center': 6.4, 'slow-center': 19.1 }),
    goal: each({ 'kill-center': 12, 'slow-center': 12 }),
    breached: each({ 'kill-center': 0, 'slow-center': 1 }),
  },
  'What had to hold in a drill': {
    things: each({
      'kill-center error-ratio': 1,
      'kill-center p99': 1,
      'slow-center error-ratio': 1,
      'slow-center p99': 1,
    }),
    breached: each({
      'kill-center error-ratio': 0,
      'kill-center p99': 0,
      'slow-center error-ratio': 0,
      'slow-center p99': 1,
    }),
  },
  'Drills over time': { A: each({ 'kill-center': 1, 'slow-center': 0 }) },
  'Recovery in drills': {
    recovery: each({ 'kill-center': 6.4, 'slow-center': 19.1 }),
    goal: each({ 'kill-center': 12, 'slow-center': 12 }),
  },
};
