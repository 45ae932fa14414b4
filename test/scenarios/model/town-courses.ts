import fc from 'fast-check';
import type { Catalog } from '../../../src/catalog/catalog.js';
import type { Between } from '../../../src/testing/world.js';
import { courses, weathers, type Ran } from './town-commands.js';
import { Town } from './town.js';

const MOST_COMMANDS = 300;

/** What came of some courses of things: how many commands ran, and the first one that went wrong, as fast-check tells of it. */
export interface Courses {
  readonly commands: number;
  readonly failed: boolean;
  /** With the shortest course that shows it; `playCourses(catalog, { seed, path, replayPath })` plays just that again. */
  readonly report: string;
}

/**
 * Lets anything happen in many towns, one after the other: after each command every rule must hold, and at the end of each
 * course, when all is quiet, nothing may be forgotten.
 *
 * @param options how many courses; or seed, path and replay path of one that went wrong
 * @param between stands between each worker and the rest, as in a broken variant
 */
export async function playCourses(
  catalog: Catalog,
  { replayPath, ...options }: fc.Parameters<unknown> & Pick<fc.CommandsContraints, 'replayPath'>,
  between: Between = {},
): Promise<Courses> {
  const ran: Ran = { commands: 0 };
  const property = fc.asyncProperty(weathers, courses(MOST_COMMANDS, replayPath), async (weather, commands) => {
    const town = new Town(catalog, weather, between);
    await fc.asyncModelRun(() => ({ model: ran, real: town }), commands);
    await town.calmDown();
    const wrong = await town.rules.checkQuiet();
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });
  const details = await fc.check(property, options);
  const report = details.failed ? ((await fc.asyncDefaultReportMessage(details)) ?? 'no report') : '';
  const why = details.errorInstance instanceof Error ? details.errorInstance.message : '';
  return { commands: ran.commands, failed: details.failed, report: `${report}\n${why}`.trim() };
}
