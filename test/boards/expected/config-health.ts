import { each, lines, nothing, value, type Expected } from './checks.js';

/** What the board firebreak-config-health shows of the known history. */
export const CONFIG_HEALTH: Expected = {
  'Caches that miss too often': { A: value(1) },
  'Services with old configuration': { A: value(1) },
  'Services with slow fallbacks': { A: value(1) },
  "Firebreak's own configuration": { A: value(0) },
  Services: {
    things: each({ search: 1, shop: 1 }),
    hits: each({ search: 0.97, shop: 0.71 }),
    misses: each({ search: 0, shop: 2 }),
    age: each({ search: 12, shop: 420 }),
    stale: each({ search: 0, shop: 2 }),
    p99: lines('search', 'shop'),
    slow: each({ search: 0, shop: 2 }),
  },
  Features: {
    things: each({ 'recommendations shop': 1, 'search shop': 1 }),
    p99: lines('recommendations shop', 'search shop'),
    slow: each({ 'recommendations shop': 2, 'search shop': 0 }),
  },
  'Hit rate': { A: each({ search: 0.97, shop: 0.71 }) },
  'Age of the configuration': { A: each({ search: 12, shop: 420 }) },
  'Fallback, p99': { A: lines('search', 'shop') },
  'Fallbacks done within': { A: lines('10', '1000', '200', '50', '500') },
  'Alerts on caches, configuration and features': {
    A: each({
      'CacheStale shop age': 2,
      'CacheStale shop hit-rate': 2,
      'FallbackSlow shop': 2,
      'FeatureSlow recommendations shop': 2,
    }),
  },
  'What a cache is good for': { A: nothing('no standing probe asks for a score') },
  'Limits by centre': {
    things: each({ a: 1, b: 1, c: 1, d: 1, e: 1 }),
    added: each({ a: 0, b: 0, c: 12, d: 12, e: 150 }),
    allowed: each({ a: 800, b: 800, c: 812, d: 812, e: 950 }),
    p99: lines('a', 'b', 'c'),
    verdict: each({ a: 0, b: 0, c: 0 }),
  },
  'p99 by centre against its limit': {
    p99: each({ a: 99.5, b: 99.5, c: 497 }),
    limit: each({ a: 800, b: 800, c: 812, d: 812, e: 950 }),
  },
  'Newest edition refused for': { A: value(0) },
  'Attempts to load it': { A: lines('unchanged') },
  'Falling back to the last good edition, p99': { A: nothing('no edition was refused') },
};
