import { expect, it } from 'vitest';
import { playCourses } from './model/town-courses.js';
import { townCatalog } from './model/town-runbooks.js';

it(
  'I3 to I11, I13: whatever happens in a town of services, in whatever order, breaks no rule, and nothing is forgotten',
  { timeout: 600_000 },
  async () => {
    const { commands, report } = await playCourses(await townCatalog(), { numRuns: 400 });
    expect(report).toBe('');
    console.log(`model-based: ${commands} commands ran`);
    expect(commands).toBeGreaterThan(50_000);
  },
);
