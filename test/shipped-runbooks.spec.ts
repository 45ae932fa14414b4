import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAlertFile } from '../src/cli/alert-file.js';
import { guideHtml } from '../src/console/runbooks/guide-html.js';
import { NOTHING_KNOWN } from '../src/core/affinity.js';
import { decideFor } from '../src/core/decide.js';
import { matchesAll } from '../src/core/matcher.js';
import { scopeFor } from '../src/core/template.js';
import { openWholeCatalog, runbooksFolder as folder } from './rig/whole-catalog.js';

const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -'.yaml'.length));

describe.each(names)('the shipped runbook %s', (name) => {
  it('answers its example alert, with parameters that its actions take', async () => {
    const { catalog, plugins } = await openWholeCatalog();
    const { runbooks, resting, surroundings } = catalog.current;
    expect(resting.get(name)).toBeUndefined();
    const runbook = runbooks.get(name)!;
    const [alert] = readAlertFile(join(folder, 'examples', `${name}.alert.json`), 0);
    expect(matchesAll(runbook.match, alert!.labels)).toBe(true);
    const decision = decideFor(alert!, runbook, 0, { ...surroundings, centers: NOTHING_KNOWN });
    expect(decision).toMatchObject({ run: true });
    if (!decision.run) return;
    for (const step of decision.orders.steps)
      expect(plugins.actions.get(step.uses)?.item.params.safeParse(step.with), step.name).toMatchObject({
        success: true,
      });
    await plugins.close();
  });

  it('has a page for people that says how to take it back and what to do if it fails, and all of it can be filled in', async () => {
    const { catalog, plugins } = await openWholeCatalog();
    const { runbooks, guides, surroundings } = catalog.current;
    const guide = guides.get(name)!;
    for (const said of ['**Take it back.**', '**If it fails.**']) expect(guide.source).toContain(said);
    const [alert] = readAlertFile(join(folder, 'examples', `${name}.alert.json`), 0);
    const html = guideHtml(guide, scopeFor(alert!, runbooks.get(name)!.params, surroundings), 'with-alert');
    expect(html).not.toContain('‹');
    await plugins.close();
  });

  it('has a page for people, and a line in the list with the command that tries it', () => {
    expect(existsSync(join(folder, `${name}.md.hbs`))).toBe(true);
    const list = readFileSync(join(folder, 'README.md'), 'utf8');
    expect(list).toContain(`firebreak try ${name} --alert runbooks/examples/${name}.alert.json`);
  });
});
