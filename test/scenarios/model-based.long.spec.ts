import { expect, it } from 'vitest';
import { playCourses } from './model/town-courses.js';
import { townCatalog } from './model/town-runbooks.js';

it(
  'I3 to I11, I13: a million commands in towns of services break no rule, and nothing is forgotten',
  { timeout: 7_200_000 },
  async () => {
    const { commands, report } = await playCourses(await townCatalog(), { numRuns: 7_500 });
    expect(report).toBe('');
    console.log(`model-based: ${commands} commands ran`);
    expect(commands).toBeGreaterThan(1_000_000);
  },
);
