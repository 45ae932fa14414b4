import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { DEFAULT_GOVERNOR } from '../core/governor.js';
import { governorFrom, governorSchema, warnOfConflicts, type GovernorSettings } from './governor.js';

const settings = (value: unknown): GovernorSettings => governorFrom(governorSchema.parse(value));
const { changeBudget, conflicts, loop } = DEFAULT_GOVERNOR;
const defaults = { changeBudget, conflicts, loop };

describe('the governor', () => {
  it('has the defaults of the core, and those that docs/operations.md names', () => {
    expect(settings({})).toEqual(defaults);
    const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
    const [, text = ''] = /```yaml\n(governor:[^]*?)```/.exec(page) ?? [];
    const { governor } = z.object({ governor: z.record(z.string(), z.unknown()) }).parse(parse(text));
    expect(Object.keys(governor)).toEqual(['changeBudget', 'conflicts', 'loop']);
    expect(settings(governor)).toEqual(defaults);
  });

  it('keeps the default of each limit that is not named', () => {
    expect(settings({ changeBudget: { limit: 20 }, loop: { per: '2h' } })).toEqual({
      changeBudget: { by: 'service', limit: 20, perMs: 3_600_000 },
      conflicts,
      loop: { limit: 3, perMs: 7_200_000 },
    });
  });

  it('goes without a change budget and without conflicts when somebody takes them off by name', () => {
    expect(settings({ changeBudget: 'off', conflicts: [] })).toEqual({ conflicts: [], loop });
  });

  it('puts a table of conflicts in the place of the default one', () => {
    expect(settings({ conflicts: [['a', 'b']] }).conflicts).toEqual([['a', 'b']]);
  });

  it('warns of plugins that are not there, but not of those that it names itself', () => {
    const table = settings({
      conflicts: [
        ['cut-over-center', 'throttel'],
        ['throttel', 'throttle'],
      ],
    });
    expect(warnOfConflicts(table, ['cut-over-center', 'throttle'])).toEqual([
      'governor.conflicts: there is no plugin "throttel": did you mean "throttle"? known: cut-over-center, evict-stale-cache, throttle',
    ]);
    expect(warnOfConflicts(settings({}), ['prometheus'])).toEqual([]);
  });
});
