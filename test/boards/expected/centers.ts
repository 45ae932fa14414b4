import { each, lines, nothing, rows, type Expected } from './checks.js';

/** What the board firebreak-centers shows of the known history. */
export const CENTERS: Expected = {
  Topology: {
    standing: each({ a: 0, b: 2, c: 2, d: 1, e: 1 }),
    health: each({ a: 1, b: 1, c: 1, d: 0, e: 1 }),
    answers: lines('a', 'b', 'c', 'd', 'e'),
    lag: each({ a: -1, b: 0.4, c: -1, d: -1, e: -1 }),
    ready: each({ a: -1, b: 1, c: -1, d: -1, e: -1 }),
    declared: each({ 'a b': 0.0032, 'a c': 0.0287, 'a e': 0.041299999999999996, 'c d': 0.0058 }),
    measured: each({ 'a b': 0.0036, 'a c': 0.0301, 'a e': -1, 'c d': 0.0061 }),
  },
  Centres: {
    things: each({
      'a north serving vendor-1': 1,
      'b north standby vendor-2': 1,
      'c east serving vendor-1': 1,
      'd east standby vendor-3': 1,
      'e west archive vendor-2': 1,
    }),
    standing: each({ a: 0, b: 2, c: 2, d: 1, e: 1 }),
    health: each({ a: 1, b: 1, c: 1, d: 0, e: 1 }),
    answers: lines('a', 'b', 'c', 'd', 'e'),
    lag: each({ a: -1, b: 0.4, c: -1, d: -1, e: -1 }),
    ready: each({ a: -1, b: 1, c: -1, d: -1, e: -1 }),
    p99: each({ a: 99.5, b: 99.5, c: 497 }),
    usual: each({ a: 100, b: 100, c: 100, d: 100, e: 100 }),
    proven: lines('b'),
  },
  'What can be moved away': { things: each({ 'b no orders': 1, 'b no shop': 1 }) },
  'Recent cut-overs': {
    A: rows(1, {
      runbook: 'cut-over-center',
      target: 'traffic/shop',
      alertname: 'CenterDown',
      severity: 'critical',
      phase: 'closed',
      outcome: 'succeeded',
      trigger: 'alert',
      mode: 'auto',
      requested_by: 'alertmanager',
    }),
  },
  'Who served when': { A: each({ a: 0, b: 2, c: 2, d: 1, e: 1 }) },
  'Health of the centres': { A: each({ a: 1, b: 1, c: 1, d: 0, e: 1 }) },
  'How long a centre takes to answer': {
    probes: lines('a seconds_here', 'b seconds_here', 'c seconds_here', 'd seconds_here', 'e seconds_here'),
    blackbox: nothing('the blackbox exporter of the history looks at links, not at centres'),
  },
  'Data behind by': { A: each({ 'b ready': 0.4 }) },
  'Load and room': { load: each({ b: 0.04 }), headroom: each({ b: 0.6399999999999999 }) },
  'p99 against what is usual there': {
    p99: each({ a: 99.5, b: 99.5, c: 497 }),
    usual: each({ a: 100, b: 100, c: 100, d: 100, e: 100 }),
  },
  'Links between centres': {
    things: each({ 'a b': 1, 'a c': 1, 'a e': 1, 'c d': 1 }),
    declared: each({ 'a b': 0.0032, 'a c': 0.0287, 'a e': 0.041299999999999996, 'c d': 0.0058 }),
    measured: each({ 'a b': 0.0036, 'a c': 0.0301, 'c d': 0.0061 }),
  },
};
